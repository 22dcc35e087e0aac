"""What a sealed test found, as a value."""

from __future__ import annotations

from skillopt.core.value import Value


class SealedTest(Value):
    """The sealed test: first version against last, on tasks nobody looked at before."""

    first_score: float
    last_score: float
    difference: float
    low: float
    """95 % interval of the difference."""
    high: float
    p_value: float
    certified: bool
    tasks: int
    wins: int
    """Tasks on which the last version scores higher."""
    losses: int
    missing: int = 0
    split: str = ""
    """Digest of the test tasks."""
    opened_before: tuple[str, ...] = ()
    """Ids of earlier runs that had looked at some of these tasks: it does not certify then."""
    reopened: bool = False
    """Earlier runs had used these tasks, and `--reopen-sealed` allows certification."""

    def _repr_html_(self) -> str:
        from skillopt.core.gate.shown_verdict import sealed_html

        return sealed_html(self)
