"""A decision is whole, and knows another that says the same."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from skillopt.core.approval.decision import Decision
from tests.adapters.ledger.samples import SKILL, a_round, an_edit


def a_decision(**changes: Any) -> Decision:
    fields = {"entry": "e", "kind": "approved", "person": "Ana", "known_by": "given"}
    return Decision(**{**fields, **changes})


def test_only_an_edit_has_a_version_of_its_own() -> None:
    edit, own = an_edit(a_round(1)[0], SKILL)
    assert edit.candidate == own.digest
    for wrong in (
        {"kind": "approved", "candidate": own.digest},
        {"kind": "edited"},
        {"kind": "edited", "candidate": own.digest},
        {"kind": "refused", "proposal": edit.proposal, "candidate": own.digest},
    ):
        with pytest.raises(ValidationError, match="belongs to `edited`"):
            a_decision(**wrong)


def test_the_time_makes_no_other_decision() -> None:
    one = a_decision(reason="good")
    assert one.same_as(a_decision(reason="good", decided=datetime(2026, 1, 2, tzinfo=UTC)))
    for other in ({"person": "Bo"}, {"kind": "refused"}, {"reason": ""}, {"known_by": "page"}):
        assert not one.same_as(a_decision(**{"reason": "good", **other}))
