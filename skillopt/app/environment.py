"""What the command line may know of the environment."""

from __future__ import annotations

from skillopt.adapters.secrets import environment_secrets

__all__ = ["environment_secrets"]
