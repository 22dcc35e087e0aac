"""What a run's record says where it ended with another version than the best by score."""

from __future__ import annotations

from skillopt.core.figures import points
from skillopt.core.proposals.train_race import Prefer
from skillopt.core.value import Value

TIE_POINTS = 5.0
"""A version ties with the best one if it is shown to lose less than so many points against it."""


class Preferred(Value):
    """Why a run ended with another version than the best by score."""

    prefer: Prefer
    over: str
    """Digest of the version with the best score."""
    lost: float
    """By how much it scores lower than that one, as a share of 1; negative where higher."""
    p_value: float
    """Of the hypothesis that it loses :data:`TIE_POINTS` or more."""
    margin: float = TIE_POINTS
    """Points."""

    def told(self) -> str:
        """A sentence for a person."""
        size = "shorter" if self.prefer == "shorter" else "cheaper"
        return (
            f"ended with a {size} version than {self.over[:12]}, which scores best: it loses less "
            f"than {self.margin:g} points (difference {points(-self.lost)} points, "
            f"p = {self.p_value:.3f})"
        )
