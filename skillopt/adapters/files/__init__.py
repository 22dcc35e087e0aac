"""Files on disk: skills, validation sets and settings."""
