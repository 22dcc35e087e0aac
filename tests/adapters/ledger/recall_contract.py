"""What every ledger keeps of recall. A test module subclasses it and gives a `ledger` fixture."""

from __future__ import annotations

import pytest

from skillopt.core.gate.contest import Outcome
from skillopt.core.history.recall import Recall, Topic, about_keys, refusals_of, same_keys
from skillopt.core.history.run import Round
from skillopt.core.proposals.loser import loser_of
from skillopt.core.proposals.proposal import Proposal
from skillopt.core.proposals.refusal import Ablation, Part, Refusal, Stage
from skillopt.core.proposals.screen import Screened, sections_touched
from skillopt.core.skill.changes import changes_of, section_print
from skillopt.core.skill.similarity import similarity
from skillopt.core.skill.skill import Skill
from skillopt.errors import LedgerError
from skillopt.ports import Ledger
from tests.adapters.ledger.samples import (
    CONTEXT,
    SKILL,
    SKILL_ID,
    a_proposal,
    a_round,
    a_run,
    an_insert,
)

RULE = "- Never quote the name of the customer.\n"
REWORDED = "- Do not quote the customer's name.\n"


def rounds(
    number: int, *texts: str, run: str = "run-1", **more: object
) -> tuple[Round, Skill | None]:
    """A round whose proposal inserts ``texts``, with what recall needs of it."""
    edits = [an_insert(text) for text in texts]
    proposal = a_proposal(*edits, idea=f"idea of {texts[0]}")
    round_, candidate = a_round(number, run=run, proposal=proposal, **more)  # type: ignore[arg-type]
    sections = sections_touched(SKILL, proposal)
    known = {
        "sections": sections,
        "changes": changes_of(SKILL, proposal.edits),
        "prints": tuple(section_print(SKILL, name) for name in sections),
    }
    return round_.model_copy(update=known), candidate


def asked(text: str, *, context: str = CONTEXT, skill_id: str = SKILL_ID) -> Recall:
    proposal: Proposal = a_proposal(an_insert(text))
    return Recall(same_keys(skill_id, context, proposal, changes_of(SKILL, proposal.edits)))


def ids(refusals: tuple[Refusal, ...]) -> list[int]:
    return [refusal.number for refusal in refusals]


class RecallContract:
    async def test_the_same_edits_and_the_same_idea_come_back(self, ledger: Ledger) -> None:
        await ledger.start_run(a_run(), SKILL)
        round_, candidate = rounds(1, RULE)
        await ledger.add_round(round_, candidate)
        await ledger.add_round(round_, candidate)
        await ledger.add_round(*rounds(2, "- Answer within 3 days.\n"))
        (found,) = await ledger.recalled(asked(RULE))
        assert found == refusals_of(round_, skill_id=SKILL_ID, skill_name="triage")[0]
        (alike,) = await ledger.recalled(asked(REWORDED))
        assert alike == found
        assert similarity(alike.changes, changes_of(SKILL, (an_insert(REWORDED),))) == 1.0

    async def test_only_of_this_context_and_skill(self, ledger: Ledger) -> None:
        await ledger.start_run(a_run(), SKILL)
        await ledger.add_round(*rounds(1, RULE))
        assert await ledger.recalled(asked(RULE, context="elsewhere")) == ()
        assert await ledger.recalled(asked(RULE, skill_id="other")) == ()
        assert await ledger.recalled(Recall(())) == ()

    @pytest.mark.parametrize(
        "how",
        [{"outcome": Outcome.INCONCLUSIVE}, {"outcome": Outcome.ACCEPTED}, {"stage": Stage.FIT}],
    )
    async def test_what_was_not_rejected_at_the_gate_does_not_block(
        self, ledger: Ledger, how: dict[str, object]
    ) -> None:
        await ledger.start_run(a_run(), SKILL)
        await ledger.add_round(*rounds(1, RULE, **how))
        assert await ledger.recalled(asked(RULE)) == ()

    async def test_the_newest_and_those_on_the_topic_come_back(self, ledger: Ledger) -> None:
        await ledger.start_run(a_run(), SKILL)
        for number in range(1, 9):
            await ledger.add_round(*rounds(number, f"- Rule {number}.\n"))
        newest = about_keys(SKILL_ID, Topic())
        assert ids(await ledger.recalled(Recall(newest, newest=3))) == [6, 7, 8]
        assert ids(await ledger.recalled(Recall(newest, most=2))) == [7, 8]
        here = about_keys(SKILL_ID, Topic(sections=("Triage > Rules",), criteria=("queue",)))
        assert ids(await ledger.recalled(Recall(here))) == list(range(1, 9))
        assert await ledger.recalled(Recall(about_keys("other", Topic()))) == ()

    async def test_an_ablation_tells_the_parts_apart(self, ledger: Ledger) -> None:
        await ledger.start_run(a_run(), SKILL)
        round_, candidate = rounds(1, RULE, "- Answer within 3 days.\n")
        await ledger.add_round(round_, candidate)
        assert await ledger.recalled(asked(RULE)) == ()
        parts = (Part(edit=0, outcome="rejected"), Part(edit=1, outcome="accepted"))
        for _ in range(2):
            await ledger.add_ablation(Ablation(round=round_.id, parts=parts))
        (alone,) = await ledger.recalled(asked(REWORDED))
        assert (alone.id, alone.part, len(alone.proposal.edits)) == (round_.id, 0, 1)
        assert await ledger.recalled(asked("- Answer within 3 days.\n")) == ()
        (whole,) = await ledger.recalled(Recall(about_keys(SKILL_ID, Topic())))
        assert whole.parts == parts
        with pytest.raises(LedgerError):
            await ledger.add_ablation(Ablation(round="nowhere", parts=parts))

    async def test_ideas_are_counted_per_stage_whatever_their_spelling(
        self, ledger: Ledger
    ) -> None:
        for name in ("run-1", "run-2"):
            await ledger.start_run(a_run(name), SKILL)
            await ledger.add_round(*rounds(1, RULE, run=name))
            await ledger.add_round(*rounds(2, f"- Rule of {name}.\n", run=name, stage=Stage.FIT))
            await ledger.add_round(*rounds(3, "- Yes.\n", run=name, outcome=Outcome.ACCEPTED))
        found = await ledger.tallies([SKILL_ID, "other"], most=10)
        totals = {tally.stage: tally.count for tally in found if not tally.idea}
        assert totals == {Stage.GATE: 2, Stage.FIT: 2}
        ideas = [(tally.example, tally.count) for tally in found if tally.idea]
        assert ideas[0] == (f"idea of {RULE}", 2)
        assert len(ideas) == 3

    @pytest.mark.parametrize("outcome", [Outcome.ACCEPTED, Outcome.REJECTED])
    async def test_the_losers_of_a_round_condition_what_comes_whatever_its_own_verdict(
        self, ledger: Ledger, outcome: Outcome
    ) -> None:
        await ledger.start_run(a_run(), SKILL)
        lost = a_proposal(an_insert(REWORDED), idea="keep names out")
        loser = loser_of(
            SKILL,
            lost,
            Screened(stage=Stage.RACE, code="behind", reason="another one did better"),
            angle="shorter",
        )
        won, candidate = rounds(1, "- Answer within 3 days.\n", outcome=outcome)
        await ledger.add_round(won.model_copy(update={"losers": (loser,)}), candidate)
        known = await ledger.recalled(Recall(about_keys(SKILL_ID, Topic())))
        (found,) = (one for one in known if one.stage is Stage.RACE)
        assert (found.id, found.code, found.proposal) == (won.id, "behind", lost)
        assert found.changes == changes_of(SKILL, lost.edits)
        assert await ledger.recalled(asked(REWORDED)) == (), "it never came to the gate"
        tallies = await ledger.tallies([SKILL_ID], most=10)
        assert [(tally.example, tally.count) for tally in tallies if tally.stage is Stage.RACE] == [
            ("", 1),
            ("keep names out", 1),
        ]
