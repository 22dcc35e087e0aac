"""What a round asks the ledger: for its screen, and for the optimizer to read."""

from __future__ import annotations

import dataclasses

import pytest

from skillopt.core.evaluation.rollout import Usage
from skillopt.core.gate import Outcome, Verdict
from skillopt.core.history.recall import Topic
from skillopt.core.history.rounds import decided_round, gate_decision
from skillopt.core.history.search import Search
from skillopt.core.loop_settings import Conditioning
from skillopt.core.proposals.critique import Critique, Observation
from skillopt.core.proposals.proposal import Proposal
from skillopt.core.proposals.reopening import Failing
from skillopt.core.skill.edit import apply
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile
from skillopt.engine.steps.recall import MOST_TOPICS, known_refusals, search_so_far, topic_of
from tests.engine.setups import NOTHING, RUN, Bench, bench, proposal_of, record_of
from tests.scripted import SKILL

OFF = Conditioning(enabled=False)
START = Search(incumbent=SKILL.digest, book={})
REJECTION = Verdict(
    outcome=Outcome.REJECTED,
    code="mean",
    reason="-1.9 points on 24 tasks",
    gain=-0.019,
    p_value=None,
    tasks_seen=24,
    rollouts=24,
    pairs=(),
    book={},
)


async def refuse(made: Bench, proposal: Proposal, *, run: str = RUN, number: int = 1) -> str:
    """A round in which the gate rejected ``proposal``; its id."""
    candidate = apply(SKILL, proposal.edits)
    assert isinstance(candidate, Skill)
    round_ = decided_round(
        run,
        number,
        incumbent=SKILL,
        proposal=proposal,
        decision=gate_decision(REJECTION, candidate),
        context=made.context.fact,
        spent=Usage(),
    )
    await made.ledger.add_round(round_, candidate)
    return round_.id


async def test_the_screen_gets_the_refusals_of_the_same_edits() -> None:
    made = await bench()
    again = proposal_of(NOTHING)
    refused = await refuse(made, again)
    await refuse(made, proposal_of("Answer every letter in verse.\n"), number=2)
    known = await known_refusals(made.context, again, incumbent=SKILL, failing=None)
    assert [refusal.id for refusal in known.refusals] == [refused]
    assert (known.run, known.context) == (RUN, made.context.fact)
    assert known.likeness == made.context.settings.conditioning.likeness


async def test_a_refusal_under_other_conditions_is_not_asked_for() -> None:
    made = await bench()
    await refuse(made, proposal_of(NOTHING))
    other = dataclasses.replace(made.context, fact="another validation set")
    known = await known_refusals(other, proposal_of(NOTHING), incumbent=SKILL, failing=None)
    assert known.refusals == ()


async def test_without_conditioning_nothing_is_known_and_nothing_is_told() -> None:
    made = await bench(conditioning=OFF)
    await refuse(made, proposal_of(NOTHING))
    assert (
        await known_refusals(made.context, proposal_of(NOTHING), incumbent=SKILL, failing=None)
    ).refusals == ()
    assert await told(made) == ""


async def told(made: Bench) -> str:
    return await search_so_far(made.context, START, run=RUN, incumbent=SKILL, topic=Topic())


async def test_the_digest_of_an_empty_ledger_says_so() -> None:
    assert await told(await bench()) == "Nothing was tried before."


async def test_the_digest_has_the_idea_and_none_of_the_gates_numbers() -> None:
    made = await bench()
    await refuse(made, proposal_of(NOTHING, idea="send nothing nowhere"))
    text = await told(made)
    assert "send nothing nowhere" in text
    assert "1.9" not in text
    assert "24" not in text


async def test_a_siblings_refusals_are_told_where_the_settings_name_it() -> None:
    for siblings, there in (((), False), (("parcels",), True)):
        made = await bench(conditioning=Conditioning(siblings=siblings))
        record = record_of(made.context, made.optimizer, run="run-2", skill_name="parcels")
        await made.ledger.start_run(record, SKILL)
        await refuse(made, proposal_of(NOTHING, idea="send nothing nowhere"), run="run-2")
        assert ("send nothing nowhere" in await told(made)) is there


@pytest.mark.parametrize(("siblings", "entries"), [((), 0), (("desks",), 1), (("other/desks",), 1)])
async def test_a_skill_of_the_same_name_elsewhere_is_a_sibling(
    siblings: tuple[str, ...], entries: int
) -> None:
    made = await bench(conditioning=Conditioning(siblings=siblings))
    path = "other/desks/SKILL.md"
    record = record_of(made.context, made.optimizer, run="run-2", skill_path=path)
    await made.ledger.start_run(record, SKILL)
    await refuse(made, proposal_of(NOTHING, idea="send nothing nowhere"), run="run-2")
    assert (await told(made)).count("(stale: of the sibling skill desks)") == entries


LETTERS = Skill(
    text="# Letters\n\n## Garden\n\nRoses go to the garden desk.\n\n## Tools\n\nSaws go to the tools desk.\n"
)


def observation(*feedback: str) -> Observation:
    return Observation(
        rollout="r1",
        task="t",
        input="i",
        answer="a",
        score=0.0,
        passed=False,
        feedback=feedback,
    )


def critique(cause: str) -> Critique:
    return Critique(rollout="r1", criterion="desk", quote="the words", cause=cause)


def test_a_topic_names_the_criteria_that_are_missed_and_the_sections_that_are_spoken_of() -> None:
    seen = [observation("desk: expected garden", "form: too long"), observation("desk: no")]
    cause = "The skill only says that Roses go to the garden desk. and no more."
    topic = topic_of(LETTERS, seen, [critique(cause)])
    assert topic.criteria == ("desk", "form")
    assert topic.sections == ("Letters > Garden", "Letters"), "the innermost first"
    assert cause in topic.failures


def test_a_heading_in_quotation_marks_is_spoken_of() -> None:
    assert topic_of(LETTERS, [], [critique("See “Tools”.")]).sections == ("Letters > Tools",)
    assert topic_of(LETTERS, [], [critique("Tools are missing.")]).sections == ()


def test_a_topic_is_bounded() -> None:
    many = Skill(text="".join(f"## Part {at}\n\nText {at}.\n\n" for at in range(20)))
    spoken = critique(" ".join(f"“Part {at}”" for at in range(20)))
    seen = [observation(*(f"criterion-{at:02}: no" for at in range(20)))]
    topic = topic_of(many, seen, [spoken])
    assert (len(topic.sections), len(topic.criteria)) == (MOST_TOPICS, MOST_TOPICS)


def test_no_failures_are_no_topic() -> None:
    assert topic_of(LETTERS, [], []) == Topic(failing=Failing())


def test_a_topic_has_the_sections_of_every_file() -> None:
    file = SkillFile(path="refs/a.md", data=b"# Terms\n\n- The reception is never closed.\n")
    folder = SKILL.model_copy(update={"files": (file,)})
    cause = "It says that: The reception is never closed."
    critique = Critique(rollout="r1", criterion="desk", quote="x", cause=cause)
    assert topic_of(folder, (), (critique,)).sections == ("refs/a.md > Terms",)
    assert topic_of(SKILL, (), (critique,)).sections == ()
