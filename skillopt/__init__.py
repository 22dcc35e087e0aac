"""skillopt tunes an agent's skill file the way a careful engineer would."""
