from __future__ import annotations

import pytest

from skillopt.core.gate.contest import Outcome, PairedTask, Verdict
from skillopt.core.gate.sealed_result import SealedTest
from skillopt.core.gate.shown_verdict import SAID, TONES, sealed_html, verdict_html
from tests.html_reading import seen

HOSTILE = "<script>alert(1)</script>"


def pair(task: str, incumbent: float | None, candidate: float | None) -> PairedTask:
    return PairedTask(
        task=task, incumbent=incumbent, candidate=candidate, candidate_runs=1, incumbent_runs=1
    )


def verdict(outcome: Outcome = Outcome.REJECTED, **more: object) -> Verdict:
    known = {
        "outcome": outcome,
        "code": "test",
        "reason": f"+10.0 points {HOSTILE}",
        "gain": 0.1,
        "p_value": 0.25,
        "tasks_seen": 3,
        "rollouts": 4,
        "pairs": (
            pair("up", 0.0, 1.0),
            pair(HOSTILE, 1.0, 0.5),
            pair("same", 1.0, 1.0),
            pair("lost", 0.5, None),
        ),
        "book": {},
        "notes": (HOSTILE,),
    }
    return Verdict.model_validate({**known, **more})


def test_a_verdict_shows_its_numbers_and_the_tasks_that_changed() -> None:
    shown = seen(verdict()._repr_html_())
    assert "script" not in shown.elements
    for part in (
        f"Rejected by the gate +10.0 points {HOSTILE}",
        "gain on these tasks +10.0 points (biased by selection)",
        "p 0.250",
        "tasks 1 better, 1 worse, 1 alike",
        "not run 1",
        f"up 0.00 1.00 +100.0 {HOSTILE} 1.00 0.50 -50.0",
    ):
        assert part in shown.text
    assert "lost" not in shown.text


def test_what_is_not_known_is_left_out() -> None:
    text = seen(verdict_html(verdict(gain=None, p_value=None, pairs=()))).text
    assert "gain" not in text
    assert " p " not in text


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_a_name_and_a_colour(outcome: Outcome) -> None:
    assert seen(verdict_html(verdict(outcome))).text.startswith(SAID[outcome])
    assert outcome in TONES


@pytest.mark.parametrize(("certified", "title"), [(True, "certified"), (False, "not certified")])
def test_a_sealed_test_is_a_sentence(*, certified: bool, title: str) -> None:
    sealed = SealedTest(
        first_score=0.5,
        last_score=0.75,
        difference=0.25,
        low=0.1,
        high=0.4,
        p_value=0.01,
        certified=certified,
        tasks=40,
        wins=12,
        losses=2,
        missing=1,
    )
    assert seen(sealed_html(sealed)).text == (
        f"Sealed test: {title} 0.500 before, 0.750 after: +25.0 points, 95 % interval "
        "[+10.0, +40.0], p = 0.010, on 40 tasks (12 better, 2 worse, 1 without a result)"
    )
    assert sealed._repr_html_() == sealed_html(sealed)
