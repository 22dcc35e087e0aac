"""A run's record says what its target is, and marks one that no other run can recognize."""

from __future__ import annotations

import pytest

from skillopt.core.history.own_target import OwnTarget
from skillopt.core.history.run import RunRecord
from skillopt.core.value import content_hash
from tests.adapters.ledger.samples import a_run

DIGEST = content_hash("a target")


@pytest.mark.parametrize(
    ("target", "own", "shown", "unknown"),
    [
        ("openai/gpt-4o-mini", None, "openai/gpt-4o-mini", False),
        (DIGEST, None, f"{DIGEST[:12]} (identity unknown)", True),
        (DIGEST, ("desk.agent", "derived"), f"desk.agent ({DIGEST[:12]})", False),
        (DIGEST, ("desk agent 3", "named"), "desk agent 3", False),
        (DIGEST, ("desk.agent", "unknown"), "desk.agent (identity unknown)", True),
    ],
)
def test_what_is_shown(
    target: str, own: tuple[str, str] | None, shown: str, *, unknown: bool
) -> None:
    named = OwnTarget.model_validate({"name": own[0], "identity": own[1]}) if own else None
    run = a_run(target=target, own_target=named)
    assert (run.shown_target, run.identity_unknown) == (shown, unknown)
    assert RunRecord.model_validate_json(run.model_dump_json()) == run


def test_the_record_of_a_run_on_a_model_is_as_it_was() -> None:
    assert "own_target" not in a_run().model_dump(mode="json")
