"""`skillopt mcp`: skillopt's use cases as tools for agents, by the Model Context Protocol."""
