"""The edits of a refused bundle, each alone at the same gate."""

from __future__ import annotations

import json

import pytest

from skillopt.core.evaluation.task import Task
from skillopt.core.loop_settings import Conditioning
from skillopt.core.proposals.proposal import Draft, Proposal
from skillopt.core.proposals.refusal import Part
from skillopt.engine.steps.ablate import ablate, is_worth_it
from skillopt.engine.steps.measure_baseline import measure_baseline
from skillopt.errors import CallFailed, SpendExhausted
from tests.engine.setups import ALL_WORDS, NOTHING, Bench, bench, proposal_of, with_text
from tests.scripted import SKILL, insert
from tests.targets import ScriptedTarget

BUNDLE = proposal_of(ALL_WORDS, NOTHING)
CONDITIONING = Conditioning(ablate=True)


async def parts_of(made: Bench, proposal: Proposal = BUNDLE) -> tuple[Part, ...]:
    search = (await measure_baseline(made.context)).search
    found = await ablate(made.context, search, incumbent=SKILL, proposal=proposal, number=1)
    return tuple(edit.part for edit in found)


async def test_each_edit_gets_a_verdict_of_its_own() -> None:
    assert await parts_of(await bench()) == (
        Part(edit=0, outcome="accepted"),
        Part(edit=1, outcome="rejected"),
    )


async def test_each_edit_is_held_against_the_same_incumbent() -> None:
    made = await bench()
    await parts_of(made)
    assert {skill for skill, _, _ in made.target.ran} == {
        SKILL.text,
        with_text(ALL_WORDS).text,
        with_text(NOTHING).text,
    }


async def test_an_edit_that_needs_the_others_does_not_fit_alone() -> None:
    second = insert("- hedge: garden\n", anchor="- roses: garden\n")
    edits = [insert("- roses: garden\n"), second]
    draft = Draft.model_validate_json(json.dumps({"idea": "garden", "edits": edits}))
    found = await parts_of(await bench(), Proposal(parent=SKILL.digest, draft=draft))
    assert [part.outcome for part in found] == ["accepted", "unfit"]


def failing(error: Exception) -> ScriptedTarget:
    """A target that cannot be asked with the second edit alone."""

    def before(skill: str, _task: Task, _trial: int) -> None:
        if skill == with_text(NOTHING).text:
            raise error

    return ScriptedTarget(before=before)


async def test_a_part_without_outcomes_is_inconclusive() -> None:
    found = await parts_of(await bench(target=failing(CallFailed("down"))))
    assert [part.outcome for part in found] == ["accepted", "inconclusive"]


async def test_where_the_limits_leave_no_room_nothing_is_claimed() -> None:
    assert await parts_of(await bench(target=failing(SpendExhausted("max_calls is 9")))) == ()


@pytest.mark.parametrize(
    ("conditioning", "proposal", "worth"),
    [
        (CONDITIONING, BUNDLE, True),
        (CONDITIONING, proposal_of(NOTHING), False),
        (Conditioning(), BUNDLE, False),
    ],
)
async def test_it_is_done_for_bundles_and_where_it_was_asked_for(
    conditioning: Conditioning,
    proposal: Proposal,
    worth: bool,  # noqa: FBT001 - a row of the table
) -> None:
    made = await bench(conditioning=conditioning)
    assert is_worth_it(made.context, proposal) is worth
