"""One run: the loop, its LangGraph graph, a round, and the steps of a round."""
