"""What `runs show` says of a run's settings."""

from __future__ import annotations

from skillopt.cli.run_settings import told_settings
from skillopt.core.gate.contest import GatePolicy
from skillopt.core.gate.guards import Margins
from skillopt.core.loop_settings import Conditioning, LoopSettings


def test_settings_have_the_names_of_their_switches() -> None:
    settings = LoopSettings(
        gate=GatePolicy(kind="strict"),
        guards=Margins(consistency=0.1),
        conditioning=Conditioning(near_misses=True, reopen=False),
        drift_every=2,
        prefer="shorter",
    )
    assert told_settings(settings) == (
        "settings: drift_every 2, gate strict, guard_consistency 0.1, near_misses on, "
        "prefer shorter, reopen off"
    )


def test_conditioning_itself_may_be_off() -> None:
    assert told_settings(LoopSettings(conditioning=Conditioning(enabled=False))) == (
        "settings: conditioning off"
    )


def test_a_run_with_the_defaults_says_so() -> None:
    assert told_settings(LoopSettings()) == "settings: the defaults"
