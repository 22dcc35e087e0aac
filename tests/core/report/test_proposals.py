"""Each proposal with its diff, evidence and verdict."""

from __future__ import annotations

from skillopt.core.gate.drift_result import Drift
from skillopt.core.history.run import RefusedTry
from skillopt.core.proposals.critique import Critique
from skillopt.core.proposals.loser import Loser
from skillopt.core.proposals.refusal import Stage
from skillopt.core.report.proposals import MOST_ROWS, proposals_of
from skillopt.core.skill.skill import Skill
from tests.core.report.records import FIRST, facts, made_by, proposal, record, round_, verdict

KEY = "sk-ant-api03-" + "A1b2C3d4E5" * 9 + "-abcdefAA"


def test_a_proposal_has_its_diff_its_evidence_and_its_numbers() -> None:
    critique = Critique(rollout="r2", criterion="tone", quote="as quoted", cause="no rule")
    found = round_(1, FIRST, verdict([0, 1], [1, 1]), critiques=(critique,), rollouts=("k1", "k2"))
    run = facts(record(), [found], versions=[made_by(FIRST)], shown={"k2": "train-7"})
    [one] = proposals_of(run)
    assert [(file.path, file.added) for file in one.files] == [("SKILL.md", 1)]
    assert one.edits == ()
    assert [(said.quotes, said.tasks) for said in one.critiques] == [(("as quoted",), ("train-7",))]
    assert (one.gain, one.predicted, one.tasks_seen) == (0.5, 0.1, 2)
    assert one.said == "rejected by the gate"


def test_where_a_text_is_not_kept_the_edits_stand_in_for_the_diff() -> None:
    [one] = proposals_of(facts(record(), [round_(1, FIRST, None)]))
    assert one.files == ()
    assert [edit.text for edit in one.edits] == ["- Say more.\n"]
    assert one.said == "refused by the screen"


def test_a_credential_in_a_version_is_not_shown() -> None:
    new = Skill(text=FIRST.text + f"Use {KEY}.\n")
    found = round_(1, FIRST, verdict([1], [1]), candidate=new)
    [one] = proposals_of(facts(record(), [found], versions=[new]))
    assert KEY not in one.model_dump_json()
    assert "[redacted]" in one.model_dump_json()


def test_a_long_diff_is_cut_and_says_so() -> None:
    new = Skill(text=FIRST.text + "line\n" * (MOST_ROWS + 50))
    found = round_(1, FIRST, verdict([1], [1]), candidate=new)
    [one] = proposals_of(facts(record(), [found], versions=[new]))
    [file] = one.files
    assert len(file.rows) == MOST_ROWS
    assert file.rows_left_out > 0
    assert file.added == MOST_ROWS + 50


def test_what_else_happened_in_a_round_is_noted() -> None:
    drift = Drift(held=FIRST.digest, since=-0.1, total=0.0, tasks=9, back_to=FIRST.digest)
    first_try = RefusedTry(proposal=None, stage=Stage.FIT, code="anchor", reason="no such anchor")
    lost = Loser(angle=None, proposal=None, stage=Stage.RACE, code="tie", reason="a tie")
    made = round_(
        1,
        FIRST,
        verdict([1], [1], notes=("task 't1' cannot be protected",)),
        drift=drift,
        first_try=first_try,
        losers=(lost, lost.model_copy(update={"proposal": proposal(FIRST, "other")})),
        taken_from="abc",
    )
    [one] = proposals_of(facts(record(), [made]))
    notes = " ".join(one.notes)
    for said in ("no such anchor", "cannot be protected", "back to version", "proposal abc"):
        assert said in notes
    assert [(other.idea, other.said) for other in one.also] == [
        ("(unreadable reply)", "not chosen"),
        ("other", "not chosen"),
    ]
