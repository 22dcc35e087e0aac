"""The mechanisms that the ablation bench switches: their settings on and off, and their page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from pydantic import JsonValue

from skillopt.core.role_settings import PRACTICE
from skillopt.core.settings import Settings

Side = Literal["on", "off"]
SIDES: tuple[Side, Side] = ("on", "off")


class Mechanism(NamedTuple):
    """What is switched."""

    name: str
    on: Mapping[str, JsonValue]
    off: Mapping[str, JsonValue]
    page: str
    """In docs/."""
    both: Mapping[str, JsonValue] = {}
    """What both sides need for it to have anything to do."""
    second: bool = False
    """Works in a second run: both sides start from the ledger of the same first one."""

    def settings(self, side: Side) -> dict[str, JsonValue]:
        """What a side sets apart from the defaults, so that equal sides are equal."""
        switched = self.on if side == "on" else self.off
        return beyond_defaults({**self.both, **switched})

    @property
    def default(self) -> Side:
        """The side that a user gets who sets nothing."""
        return "off" if beyond_defaults(self.on) else "on"


def beyond_defaults(settings: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """The settings that differ from their defaults.

    Raises:
        pydantic.ValidationError: there is no such setting, or it takes no such value.
    """
    return Settings.model_validate(settings).model_dump(mode="json", exclude_defaults=True)


def switch(name: str, page: str, *, second: bool = False) -> Mechanism:
    """A mechanism with a setting of its name that is true or false."""
    return Mechanism(name, {name: True}, {name: False}, page, second=second)


NOISE: dict[str, JsonValue] = {"target_params": {"noise": 0.1}}
"""For what does nothing where the target answers alike every time."""

ALL = (
    Mechanism(
        "conditioning",
        {"conditioning": True},
        {"conditioning": False, "train_check": False},
        "ledger-conditioning.md",
    ),
    switch("lessons", "ledger-conditioning.md"),
    switch("warm_start", "ledger-conditioning.md", second=True),
    switch("reopen", "ledger-conditioning.md"),
    Mechanism(
        "train_check", {"train_check": None}, {"train_check": False}, "ledger-conditioning.md"
    ),
    Mechanism("rehearse", {"rehearse": None}, {"rehearse": False}, "ledger-conditioning.md"),
    switch("ablate", "ledger-conditioning.md"),
    Mechanism("leak_screen", {"leak_screen": None}, {"leak_screen": "off"}, "leak-screen.md"),
    Mechanism("candidates", {"candidates": 3}, {"candidates": 1}, "proposals.md"),
    Mechanism(
        "compare_answers",
        {"compare_answers": True},
        {"compare_answers": False},
        "proposals.md",
        both={"candidates": 3, "judge": PRACTICE["judge"]},
    ),
    switch("calibrated_budget", "how-tuning-works.md"),
    switch("collapse_monitor", "proposals.md"),
    Mechanism("prefer", {"prefer": "shorter"}, {"prefer": "score"}, "proposals.md"),
    Mechanism(
        "drift_every",
        {"drift_every": 2},
        {"drift_every": None},
        "drift-watch.md",
        both=NOISE,
    ),
    Mechanism(
        "near_misses",
        {"near_misses": True},
        {"near_misses": False},
        "ledger-conditioning.md",
        both=NOISE,
    ),
    Mechanism("shrink_every", {"shrink_every": 3}, {"shrink_every": None}, "shrinking.md"),
    switch("report_second_attempts", "probes.md"),
    Mechanism(
        "judge_attempt", {"judge_attempt": "second"}, {"judge_attempt": "first"}, "probes.md"
    ),
    switch("placebo", "baselines.md"),
    Mechanism("imitate", {"proposer": "imitate"}, {"proposer": "critique"}, "baselines.md"),
    Mechanism("rewrite", {"proposer": "rewrite"}, {"proposer": "critique"}, "baselines.md"),
    switch("curriculum", "how-tuning-works.md"),
    switch("recall", "how-tuning-works.md"),
)


def mechanisms() -> dict[str, Mechanism]:
    """All of them by name."""
    return {one.name: one for one in ALL}
