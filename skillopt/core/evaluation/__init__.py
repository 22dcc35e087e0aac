"""Tasks, checks, grading and rollouts: how a skill is measured."""
