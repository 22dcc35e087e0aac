"""What a call may spend: the approval that it states, and what the server's own limit leaves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pydantic import Field

from skillopt.cli.output import money
from skillopt.core.estimate import Estimate
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.events import PaidEvent
from skillopt.core.settings import Settings
from skillopt.core.value import Value
from skillopt.errors import InputError


class Approve(Value):
    """What a call may spend and write; limits are held to the last call to a model.

    Nothing is converted: "yes" is no approval, and true is no number of calls.
    """

    max_calls: int = Field(default=0, ge=0, strict=True)
    """Calls to models; a run that goes on counts those of before, too."""
    max_tokens: int | None = Field(default=None, ge=1, strict=True)
    max_cost: float | None = Field(default=None, ge=0, strict=True, allow_inf_nan=False)
    """US dollars; required where the models have a known price."""
    write: bool = Field(default=False, strict=True)
    """The skill's file, or an entry of another loop, may be written."""


class NeedsApproval(Value):
    """Nothing was run or written: what the call may take, and how to approve it."""

    says: str
    calls: int
    """Calls to models at most, retries apart."""
    cost: float | None
    """US dollars, a guess; None where a price is unknown."""
    models: tuple[str, ...]
    approve: dict[str, Any]
    """The argument `approve` that would allow it."""


class Planned(Value):
    """What a call may take."""

    what: str
    """What would be done, for a sentence."""
    calls: int
    cost: float | None
    models: tuple[str, ...]

    @classmethod
    def of(cls, made: Estimate, *, what: str) -> Planned:
        """By an estimate; a target that is a command makes one call a rollout."""
        roles = {role.role for role in made.roles}
        own = 0 if "target" in roles else made.rollouts
        return cls(
            what=what,
            calls=own + sum(role.calls for role in made.roles),
            cost=made.cost,
            models=tuple(role.model for role in made.roles),
        )

    def asked(self, *, writes: bool = False) -> NeedsApproval:
        """The answer to a call without an approval."""
        approve: dict[str, Any] = {"max_calls": self.calls}
        if self.cost:
            approve["max_cost"] = float(f"{self.cost * 1.5:.2g}")
        also = '; add "write": true to write the result into the skill\'s file' if writes else ""
        return NeedsApproval(
            says=(
                f"nothing was run: {self.what} takes at most {self.calls:,} calls to models and "
                f"about {money(self.cost)}; ask the person you work for, then repeat the call with "
                f"approve = {approve}{also}"
            ),
            calls=self.calls,
            cost=self.cost,
            models=self.models,
            approve=approve,
        )


class Allowance:
    """What all approvals together may allow, as the person who started the server says."""

    def __init__(self, *, max_calls: int | None = None, max_cost: float | None = None) -> None:
        self._calls, self._cost = max_calls, max_cost

    @contextmanager
    def take(self, approve: Approve, spent: Spending) -> Iterator[None]:
        """Set aside what a call is allowed while it runs; what it did not spend is given back.

        Raises:
            InputError: less than that is left.
        """
        self._check(approve)
        calls, cost = approve.max_calls, approve.max_cost or 0.0
        self._add(-calls, -cost)
        try:
            yield
        finally:
            used = spent.usage
            self._add(max(0, calls - used.calls), max(0.0, cost - (used.cost or 0.0)))

    def _check(self, approve: Approve) -> None:
        if self._calls is not None and approve.max_calls > self._calls:
            raise InputError(
                f"approve.max_calls = {approve.max_calls} is more than the {self._calls} calls "
                "left of the limit this server was started with (--max-calls)"
            )
        if self._cost is None:
            return
        if approve.max_cost is None:
            raise InputError(
                "approve needs max_cost: this server was started with a limit of money (--max-cost)"
            )
        if approve.max_cost > self._cost:
            raise InputError(
                f"approve.max_cost = {approve.max_cost} is more than the {self._cost:.4f} US "
                "dollars left of the limit this server was started with (--max-cost)"
            )

    def _add(self, calls: int, cost: float) -> None:
        self._calls = None if self._calls is None else self._calls + calls
        self._cost = None if self._cost is None else self._cost + cost


class Spending:
    """What a call has spent so far, as its events say."""

    def __init__(self) -> None:
        self.usage = Usage()

    def see(self, event: object) -> None:
        """Count an event's usage once: each request has an event of its own beside it."""
        if isinstance(event, PaidEvent):
            self.usage += event.usage


def limits(approve: Approve, settings: Settings, planned: Planned) -> dict[str, Any]:
    """The limits of spend for a call: those approved, and no more than the project's settings say.

    Raises:
        InputError: no calls are approved, or no money where the models have a price.
    """
    if not approve.max_calls:
        raise InputError(
            f"approve.max_calls is 0, and {planned.what} takes up to {planned.calls:,} calls; "
            "state how many it may make"
        )
    if planned.cost and approve.max_cost is None:
        raise InputError(
            f"approve needs max_cost: {planned.what} costs about {money(planned.cost)}; state the "
            "US dollars that it may spend"
        )
    own = settings.limits()
    given = {
        "max_calls": (approve.max_calls, own.max_calls),
        "max_tokens": (approve.max_tokens, own.max_tokens),
        "max_cost": (approve.max_cost, own.max_cost),
    }
    known = {name: [one for one in both if one is not None] for name, both in given.items()}
    return {name: min(values) for name, values in known.items() if values}
