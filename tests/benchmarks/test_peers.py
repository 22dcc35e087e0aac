"""The peers' benchmark: worlds are what they say, and a tool with known behaviour gets its figures.

Nothing is installed here and no tool is run; `scripted` plays one against the models directly.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from skillopt.core.quoting import block
from tests.benchmarks.peers.measures import Call, Outcome, evaluated, figures, killed
from tests.benchmarks.peers.replies import GEPA_OPENS, Models
from tests.benchmarks.peers.report import BEGIN, END, report, with_results
from tests.benchmarks.peers.runs import Result
from tests.benchmarks.peers.world import (
    HABITS,
    OF_EACH_SPLIT,
    SETTINGS,
    TOPICS,
    Rule,
    World,
    rules_in,
    words,
)


class Scripted:
    """A tool that does what a test says, and the log that the server would have."""

    def __init__(self, world: World) -> None:
        self.world, self.models, self.calls = world, Models(world), list[Call]()

    def evaluate(self, rules: frozenset[Rule], split: str = "validation") -> None:
        """Each task of a split, once."""
        for letter in self.world.letters.values():
            if letter.split == split:
                self._log("target", "answer", rules, letter.number, split)

    def propose(self, rules: frozenset[Rule]) -> None:
        """Ask the optimizer to edit a skill."""
        self._log("optimizer", "proposal", rules, None, None)

    def _log(
        self, role: str, kind: str, rules: frozenset[Rule], task: int | None, split: str | None
    ) -> None:
        asked = f"{role} {sorted(rules)} {task}"
        held = tuple(sorted(rules))
        call = Call(role=role, kind=kind, rules=held, task=task, split=split, asked=asked)
        self.calls.append(call)


def text(rules: frozenset[Rule]) -> str:
    return "\n".join(words(rule) for rule in sorted(rules))


@pytest.fixture
def world() -> World:
    return World("clean", 0)


@pytest.fixture
def missing(world: World) -> list[Rule]:
    """The desk rules that the first version lacks."""
    return [rule for topic in TOPICS if (rule := Rule("desk", topic)) not in world.first]


@pytest.mark.parametrize("name", SETTINGS)
def test_a_world_follows_from_its_name_and_seed(name: str) -> None:
    one, same, other = World(name, 3), World(name, 3), World(name, 4)
    assert (one.skill, one.letters, one.best) == (same.skill, same.letters, same.best)
    assert one.letters != other.letters
    splits = [letter.split for letter in one.letters.values()]
    assert {splits.count(split) for split in splits} == {OF_EACH_SPLIT}
    assert rules_in(one.skill) == one.first


def test_the_truth_of_a_clean_world_is_the_share_of_topics_it_knows(
    world: World, missing: list[Rule]
) -> None:
    assert world.truth(world.first) == pytest.approx(3 / 8)
    assert world.truth(world.first | {missing[0]}) == pytest.approx(4 / 8)
    assert world.best == pytest.approx(1)
    habit = Rule("habit", "parcels", HABITS[0])
    assert world.truth(world.first | {habit}) == world.truth(world.first)
    doubt = Rule("doubt", missing[0].topic)
    assert world.truth(frozenset({*world.first, doubt})) == pytest.approx(3 / 8 * 0.8 + 1 / 16)


def test_nothing_can_be_gained_where_nothing_is_to_be_found() -> None:
    world = World("nothing", 1)
    assert world.best == world.truth(world.first)


def test_every_rule_is_read_in_every_wording() -> None:
    for rule in (
        Rule("desk", "visits"),
        Rule("doubt", "visits"),
        Rule("habit", "visits", HABITS[1]),
    ):
        for wording in range(2):
            assert rules_in(f"# A\n\n- {words(rule, wording)}\n") == {rule}


def test_an_answer_is_as_often_right_as_its_chance() -> None:
    world = World("noisy", 0)
    letter = next(iter(world.letters.values()))
    right = sum(world.answer(world.first, letter, time) == letter.desk for time in range(2000))
    assert right / 2000 == pytest.approx(world.chance(world.first, letter), abs=0.04)


def test_the_optimizer_heeds_what_was_refused_or_repeats_itself() -> None:
    def share(name: str) -> float:
        world = World(name, 0)
        refused = frozenset({Rule("doubt", "visits"), *world._favourites})
        said = [
            rules_in(" ".join(world.proposed(world.first, ["visits"], refused, most=1, time=time)))
            for time in range(300)
        ]
        return sum(bool(rules & refused) for rules in said) / len(said)

    assert share("noisy") < 0.2
    assert share("repeats") > 0.5


def test_a_scripted_tool_gets_the_figures_that_follow(world: World, missing: list[Rule]) -> None:
    habit = Rule("habit", "parcels", HABITS[0])
    good, useless = world.first | set(missing[:3]), world.first | {habit}
    tool = Scripted(world)
    tool.evaluate(world.first)  # 30
    tool.evaluate(world.first, "train")
    tool.propose(world.first)
    tool.evaluate(useless)  # refused
    tool.propose(world.first)
    tool.evaluate(useless)  # and paid again
    tool.propose(world.first)
    tool.evaluate(good)
    outcome = Outcome(final=text(good), best=("", text(good)), kept=("", text(good)), claimed=0.5)
    found = figures(world, tool.calls, outcome, budget=140, all_count=False)
    assert (found.target, found.optimizer, found.over) == (150, 3, 10)
    assert (found.proposals, found.repeated, found.repaid) == (3, 1, 30)
    assert found.gain == pytest.approx(3 / 8)
    assert (found.half, found.most) == (153, None)
    counted = figures(world, tool.calls, outcome, budget=140, all_count=True)
    assert counted.over == 13


def test_running_a_kept_version_again_is_no_repeat(world: World, missing: list[Rule]) -> None:
    better = world.first | {missing[0]}
    tool = Scripted(world)
    tool.propose(world.first)
    tool.evaluate(better)
    tool.evaluate(better, "train")
    tool.propose(better)
    tool.evaluate(better, "train")
    tool.evaluate(world.first, "train")
    assert [one.rules for one in evaluated(tool.calls, world.first)] == [better]


def test_what_a_kill_costs_is_what_was_answered_before(world: World) -> None:
    whole, cut = Scripted(world), Scripted(world)
    whole.evaluate(world.first)
    whole.evaluate(world.first, "train")
    cut.evaluate(world.first)
    cut.evaluate(world.first)  # after the restart: paid again
    cut.evaluate(world.first, "train")
    found = killed(whole.calls, cut.calls, 30, gain=0.0, gain_without=0.1)
    assert (found.again, found.calls, found.without) == (30, 90, 60)


def failures(world: World) -> list[Any]:
    return [
        letter
        for letter in world.letters.values()
        if letter.split == "train" and Rule("desk", letter.topic) not in world.first
    ]


def test_gepas_prompt_gets_the_whole_text_in_a_fence(world: World) -> None:
    shown = "".join(
        f"# Example 1\n## Inputs\n{letter.text}\n\n## Feedback\nWrong: no.\n\n"
        for letter in failures(world)[:3]
    )
    prompt = (
        f"{GEPA_OPENS} to:\n```\n{world.skill}\n```\n\nThese:\n```\n{shown}```\n\nWrite ``` blocks."
    )
    reply = Models(world).reply("optimizer", [{"role": "user", "content": prompt}])
    assert (reply.kind, reply.skill) == ("proposal", world.first)
    assert reply.text.startswith("```\n# Which desk")
    assert len(rules_in(reply.text)) > len(world.first)


def test_microsofts_prompt_gets_edits_within_its_bound(world: World) -> None:
    shown = "".join(f"### Trajectory 1 (id=1)\nTask: {one.text}\n" for one in failures(world))
    prompt = (
        f"## Current Skill\n{world.skill}\n\n## Edit Budget\nProduce at most L=1 edits.\n\n"
        f"## Failed Trajectories (3 total)\n{shown}"
    )
    reply = Models(world).reply("optimizer", [{"role": "user", "content": prompt}])
    (edit,) = json.loads(reply.text)["patch"]["edits"]
    assert reply.skill == world.first
    assert len(rules_in(edit["content"])) == 1


def test_our_prompt_gets_a_draft(world: World) -> None:
    evidence = [{"rollout": "r1", "passed": False, "input": one.text} for one in failures(world)]
    prompt = "\n\n".join(
        (
            block("skill", world.skill),
            block("evidence", json.dumps(evidence)),
            block("limits", json.dumps({"max_edits": 4})),
        )
    )
    asked = [{"role": "system", "content": "<<<name"}, {"role": "user", "content": prompt}]
    reply = Models(world).reply("optimizer", asked)
    draft = json.loads(reply.text)
    assert reply.skill == world.first
    assert {edit["kind"] for edit in draft["edits"]} == {"insert"}
    refusal = {"role": "user", "content": "It repeats a refused edit. Propose again."}
    again = [*asked, {"role": "assistant", "content": reply.text}, refusal]
    assert Models(world).reply("optimizer", again).skill == world.first


def test_the_report_names_worlds_tools_and_how_many_got_there(world: World) -> None:
    tool = Scripted(world)
    tool.evaluate(world.first)
    outcome = Outcome(final=world.skill, best=(world.skill,), kept=(world.skill,), claimed=0.1)
    found = figures(world, tool.calls, outcome, budget=600, all_count=False)
    ran = Result(part="runs", world="clean", tool="gepa", seed=0, wall=1, cpu=1, figures=found)
    row = report([ran]).splitlines()[-1]
    assert row.startswith("| clean | gepa | 1 | 0.0 | 0.0 to 0.0 | +10.0 | - (0 of 1) |")
    page = with_results(f"before\n{BEGIN}\nold\n{END}\nafter", [ran], date(2026, 11, 28))
    assert page.startswith(f"before\n{BEGIN}\n\nWritten on 28 November 2026")
    assert page.endswith(f"{row}\n\n{END}\nafter")
    with pytest.raises(ValueError, match="no <!-- peers: results"):
        with_results("no marks", [ran], date(2026, 11, 28))
