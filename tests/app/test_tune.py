"""Tuning a file: what may be written, when, and to the byte."""

from __future__ import annotations

import asyncio
import json
import random
import shutil
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

import skillopt
from skillopt.core.events import (
    BaselineDone,
    Event,
    RolloutDone,
    RoundDecided,
    RunEnded,
    RunEvent,
    RunStarted,
    RunWarned,
    SealedOpened,
    Stopped,
)
from skillopt.core.history.run import RefusedRound
from skillopt.core.quoting import blocks
from skillopt.errors import SkillError
from tests.killing import Killed, killed, nth
from tests.scripted import SKILL, Messages, agent, draft, insert, learner, proposing, tasks

GOOD = draft(insert("- roses: garden\n- lawn: garden\n- saw: tools\n- drill: tools\n"))
USELESS = draft(insert("- nothing: nowhere\n"))


def options(path: Path, optimizer: Callable[[Messages], str], **more: Any) -> dict[str, Any]:
    given = {"rounds": 1, "deterministic": True, "target": agent, "optimizer": optimizer}
    ledger = path.parent / ".skillopt" / "ledger.db"
    return given | {"validation_set": tasks(), "ledger": ledger} | more


def tuned(path: Path, optimizer: Callable[[Messages], str], **more: Any) -> skillopt.Run:
    return skillopt.tune(path, **options(path, optimizer, **more))


@pytest.fixture
def skill(tmp_path: Path) -> Path:
    path = tmp_path / "SKILL.md"
    path.write_bytes(SKILL.to_bytes())
    return path


def beside(skill: Path, name: str) -> Path:
    """A place outside of the skill's folder."""
    return skill.parent.with_name(f"{skill.parent.name}-{name}")


ODD = {
    "byte order mark": b"\xef\xbb\xbf# Words\n\n- bread: bakery\n",
    "CRLF": b"# Words\r\n\r\n- bread: bakery\r\n",
    "no final newline": b"# Words\n\n- bread: bakery",
    "mixed line ends": b"# Words\r\n\n- bread: bakery\n\r\n",
    "unknown keys": b"---\nname: words\ndescription: d\nx-tool: {a: [1, 2]}   # kept\n---\n# Words\n- bread: bakery\n",
    "nested fences": b"# Words\n\n````\n```\n# no heading\n```\n````\n\n- bread: bakery\n",
    "trailing space": b"# Words  \n\t\n- bread: bakery   \n\n\n",
}


@pytest.mark.parametrize("name", ODD)
def test_nothing_accepted_leaves_every_byte(name: str, skill: Path) -> None:
    skill.write_bytes(ODD[name])
    before = skill.stat()
    run = tuned(skill, proposing(USELESS))
    assert run.shipped == "nothing accepted"
    assert skill.read_bytes() == ODD[name]
    assert skill.stat().st_mtime_ns == before.st_mtime_ns
    assert sorted(path.name for path in skill.parent.iterdir()) == [".skillopt", "SKILL.md"]


@pytest.mark.parametrize("name", ODD)
def test_an_accepted_edit_changes_nothing_outside_itself(name: str, skill: Path) -> None:
    skill.write_bytes(ODD[name])
    edit = {
        "kind": "replace",
        "anchor": "- bread: bakery",
        "text": "- bread: bakery\n- roses: garden\n- lawn: garden\n- saw: tools\n- drill: tools",
    }
    run = tuned(skill, proposing(draft(edit)))
    assert run.shipped == "improved"
    before, after = ODD[name].split(b"- bread: bakery")
    text = skill.read_bytes()
    assert text.startswith(before)
    assert text.endswith(after)
    inside = text[len(before) : len(text) - len(after)].decode()
    assert inside.splitlines() == edit["text"].splitlines()
    assert ("\r\n" in inside) == (name == "CRLF")


@pytest.mark.parametrize("moment", [BaselineDone, RolloutDone])
def test_a_file_that_somebody_changed_is_left_alone(moment: type, skill: Path) -> None:
    theirs = b"# Somebody's own work\n"

    def change(event: Event) -> None:
        if isinstance(event, moment):
            skill.write_bytes(theirs)

    run = tuned(skill, proposing(GOOD), on_event=change)
    assert run.shipped == "improved"
    assert skill.read_bytes() == theirs
    assert run.written.path is not None
    assert Path(run.written.path).read_bytes() == run.skill.to_bytes()
    assert "was changed during the run" in run.written.note
    assert str(run.written.path) in run.written.note


def test_a_file_that_somebody_removed_is_not_made_again(skill: Path) -> None:
    def remove(event: Event) -> None:
        if isinstance(event, BaselineDone):
            skill.unlink()

    run = tuned(skill, proposing(GOOD), on_event=remove)
    assert not skill.exists()
    assert run.written.path is not None
    assert Path(run.written.path).read_bytes() == run.skill.to_bytes()


def test_out_takes_the_result_and_the_skill_stays(skill: Path) -> None:
    out = beside(skill, "new") / "better.md"
    run = tuned(skill, proposing(GOOD), out=out)
    assert out.read_bytes() == run.skill.to_bytes()
    assert skill.read_bytes() == SKILL.to_bytes()
    # the next run may replace what is there
    again = tuned(skill, proposing(USELESS), out=out, seed=1, warm_start=False)
    assert out.read_bytes() == again.skill.to_bytes() == SKILL.to_bytes()


@pytest.mark.parametrize("before", [None, "# An older result\n"])
def test_an_out_file_that_somebody_wrote_meanwhile_is_left_alone(
    before: str | None, skill: Path
) -> None:
    out = beside(skill, "out.md")
    if before is not None:
        out.write_text(before)

    def write(event: Event) -> None:
        if isinstance(event, BaselineDone):
            out.write_text("# Mine\n")

    run = tuned(skill, proposing(GOOD), out=out, on_event=write)
    assert out.read_text() == "# Mine\n"
    assert run.written.path != str(out)
    assert Path(run.written.path or "").read_bytes() == run.skill.to_bytes()


def test_out_by_another_spelling_is_still_the_skills_own_file(skill: Path) -> None:
    def change(event: Event) -> None:
        if isinstance(event, BaselineDone):
            skill.write_text("# Mine\n")

    spelled = skill.parent / ".skillopt" / ".." / "SKILL.md"
    tuned(skill, proposing(GOOD), out=spelled, on_event=change)
    assert skill.read_text() == "# Mine\n"


def test_no_write_writes_nothing(skill: Path) -> None:
    run = tuned(skill, proposing(GOOD), write=False)
    assert run.shipped == "improved"
    assert skill.read_bytes() == SKILL.to_bytes()
    assert run.written.path is None


def test_a_result_in_the_skills_own_folder_is_refused(skill: Path) -> None:
    out = skill.parent / "better.md"
    with pytest.raises(SkillError, match="would be a part of the skill"):
        tuned(skill, proposing(GOOD), out=out)
    assert not out.exists()


def test_events_in_the_skills_own_folder_are_refused(skill: Path) -> None:
    events = skill.parent / "events.jsonl"
    with pytest.raises(SkillError, match="would be a part of the skill; name a file elsewhere"):
        tuned(skill, proposing(GOOD), events=events)
    assert not events.exists()


def test_a_file_that_somebody_adds_meanwhile_stays(skill: Path) -> None:
    def write(event: Event) -> None:
        if isinstance(event, BaselineDone):
            (skill.parent / "notes.md").write_text("mine")

    run = tuned(skill, proposing(GOOD), on_event=write)
    assert skill.read_bytes() == run.skill.to_bytes() != SKILL.to_bytes()
    assert (skill.parent / "notes.md").read_text() == "mine"


def test_a_symbolic_link_stays_one(tmp_path: Path) -> None:
    real = tmp_path / "elsewhere" / "real.md"
    real.parent.mkdir()
    real.write_bytes(SKILL.to_bytes())
    real.chmod(0o640)
    link = tmp_path / "SKILL.md"
    link.symlink_to(Path("elsewhere") / "real.md")
    run = tuned(link, proposing(GOOD))
    assert link.is_symlink()
    assert real.read_bytes() == run.skill.to_bytes() != SKILL.to_bytes()
    assert real.stat().st_mode & 0o777 == 0o640


def test_a_read_only_file_keeps_its_text(skill: Path) -> None:
    skill.chmod(0o444)
    run = tuned(skill, proposing(GOOD))
    assert skill.read_bytes() == SKILL.to_bytes()
    assert "read-only" in run.written.note


def test_a_folder_that_cannot_take_the_result_says_so_and_the_run_is_kept(
    skill: Path,
) -> None:
    blocked = beside(skill, "file")

    def blocking(text: str, letter: str) -> str:
        blocked.write_text("no folder")  # after the run has begun, when the place was checked
        return agent(text, letter)

    named = {"target": blocking, "identity": "the same agent"}
    with pytest.raises(skillopt.InputError, match="cannot be written"):
        tuned(skill, proposing(GOOD), out=blocked / "out.md", **named)
    blocked.unlink()
    calls: list[str] = []

    def counting(text: str, letter: str) -> str:
        calls.append(letter)
        return agent(text, letter)

    named = {"target": counting, "identity": "the same agent"}
    run = tuned(skill, proposing(GOOD), out=blocked / "out.md", **named)
    assert (blocked / "out.md").read_bytes() == run.skill.to_bytes()
    assert calls == []


def test_of_two_runs_on_one_file_the_second_is_told(skill: Path) -> None:
    """The first ends while the second is at work, and has not written its file yet."""
    tuned(skill, proposing(GOOD), seed=1)
    done = skill.read_bytes()
    skill.write_bytes(SKILL.to_bytes())
    other = draft(insert("- roses: garden\n- hedge: garden\n- saw: tools\n- hammer: tools\n"))

    def late(event: Event) -> None:
        if isinstance(event, BaselineDone):
            moving.start()
            moving.join()

    moving = threading.Thread(target=_moves_the_head, args=(skill,))
    second = tuned(skill, proposing(other), seed=2, on_event=late, warm_start=False)
    assert second.skill != second.first
    assert skill.read_bytes() == SKILL.to_bytes()
    assert "was left alone" in second.written.note
    assert "while run" in second.written.note
    assert second.written.path
    assert Path(second.written.path).read_bytes() == second.last.to_bytes()
    assert second.last.to_bytes() != done


def _moves_the_head(skill: Path) -> None:
    async def move() -> None:
        async with skillopt.SqlLedger.open(skill.parent / ".skillopt" / "ledger.db") as ledger:
            runs = await ledger.list_runs()
            rival = runs[-1].record
            await ledger.move_head(
                rival.skill_name,
                str(skill),
                expected_parent="elsewhere",
                new="f" * 64,
                run=rival.id,
            )

    asyncio.run(move())


def test_refusals_reach_the_next_prompt_of_this_run_and_of_later_ones(skill: Path) -> None:
    prompts: list[str] = []

    def optimizer(messages: Messages) -> str:
        data = blocks(messages[1]["content"])
        if "limits" not in data:
            return json.dumps({"critiques": []})
        prompts.append(data["refused"])
        return draft(insert("- nothing: nowhere\n"), idea="send nothing nowhere")

    first = tuned(skill, optimizer, rounds=2)
    second = tuned(skill, optimizer, rounds=1, seed=7)
    assert "send nothing nowhere" not in prompts[0]
    assert all("send nothing nowhere" in prompt for prompt in prompts[1:])
    verdicts = [round_.decision.verdict for round_ in (*first.rounds, *second.rounds)]
    assert [verdict is not None for verdict in verdicts] == [True, False, False]
    again = second.rounds[0].decision
    assert isinstance(again, RefusedRound)
    assert again.stage.value == "screen"


def test_the_prompts_tell_nothing_of_validation_and_test_tasks(skill: Path) -> None:
    prompts: list[str] = []

    def optimizer(messages: Messages) -> str:
        prompts.extend(message["content"] for message in messages)
        return learner(messages)

    tuned(skill, optimizer, rounds=4)
    text = "\n".join(prompts)
    splits = tasks()
    assert all(task.input in text for task in splits.split("train")[:1])
    for task in (*splits.split("validation"), *splits.split("test")):
        assert task.input not in text
        assert task.id not in text


def test_a_rollout_is_never_paid_twice(skill: Path) -> None:
    asked: list[tuple[str, str]] = []

    def target(text: str, letter: str) -> str:
        asked.append((text, letter))
        return agent(text, letter)

    target.__qualname__ = "the one target"
    run = tuned(skill, learner, rounds=4, target=target, write=False)
    assert len(asked) == len(set(asked))
    optimizer_calls = run.usage.calls - len(asked)
    assert optimizer_calls == 2 * len(run.rounds)
    before = len(asked)
    again = tuned(skill, learner, rounds=4, target=target, write=False)
    assert len(asked) == before
    assert again.skill == run.skill
    assert again.record.id != run.record.id


def test_a_listener_that_is_interrupted_ends_the_run_which_goes_on_afterwards(skill: Path) -> None:
    moment, told = nth(RolloutDone, 30), list[Event]()

    def interrupts(event: Event) -> None:
        if moment(event):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tuned(skill, proposing(GOOD), on_event=[interrupts, told.append], concurrency=4)
    assert isinstance(told[-1], RunEnded)
    assert told[-1].error == "cancelled"
    started: list[bool] = []
    run = tuned(
        skill,
        proposing(GOOD),
        concurrency=4,
        on_event=lambda event: started.extend(
            [event.resumed] if isinstance(event, RunStarted) else ()
        ),
    )
    assert started[0]
    assert run.shipped == "improved"


def patchy(text: str, letter: str) -> str:
    """Says nothing to every cake."""
    return "" if "cake" in letter else agent(text, letter)


@pytest.mark.parametrize("earlier", ["no run", "a run that paid for the same rollouts"])
@pytest.mark.parametrize("moment", [RoundDecided, Stopped, SealedOpened])
def test_a_resumed_run_counts_the_answers_of_the_whole_run(
    tmp_path: Path, moment: type[RunEvent], earlier: str
) -> None:
    skill = tmp_path / "interrupted" / "SKILL.md"
    skill.parent.mkdir()
    skill.write_bytes(SKILL.to_bytes())

    def optimizer() -> Callable[[Messages], str]:
        lines = "- roses: garden\n- lawn: garden\n", "- saw: tools\n- drill: tools\n", "- x: y\n"
        return proposing(*(draft(insert(line), idea=line) for line in lines))

    more: dict[str, Any] = {"rounds": 3, "target": patchy, "identity": "patchy", "write": False}
    if earlier != "no run":
        tuned(skill, optimizer(), **more)
    elsewhere = shutil.copytree(skill.parent, tmp_path / "uninterrupted")
    expected = tuned(elsewhere / "SKILL.md", optimizer(), **more)
    assert expected.shipped == "improved"
    assert expected.answers.empty > 2
    the_same = optimizer()
    kills = len(expected.rounds) if moment is RoundDecided else 1

    def run(dies: Killed) -> Coroutine[Any, Any, skillopt.Run]:
        return skillopt.atune(skill, **options(skill, the_same, on_event=dies, **more))

    for _ in range(kills):
        asyncio.run(killed(run, at=moment))
    assert tuned(skill, the_same, **more).answers == expected.answers


def test_a_mended_check_is_asked_again(tmp_path: Path) -> None:
    """Scores hang on the check's code: an edited module's old scores are not taken for new ones."""
    from skillopt.core.evaluation.checks import Python

    check = Python(type="python", call="desk_checks:right", criterion="desk")
    given = tasks((check,)).model_copy(update={"folder": str(tmp_path)})
    module = tmp_path / "desk_checks.py"

    def score() -> float:
        measured = skillopt.aevaluate(
            SKILL, validation_set=given, target=agent, ledger=tmp_path / "ledger.db"
        )
        return asyncio.run(measured).score.mean

    module.write_text("def right(answer, task):\n    return answer == task.expected\n")
    strict = score()
    from skillopt.adapters import callables

    callables.load_callable.cache_clear()
    callables._module.cache_clear()
    module.write_text("def right(answer, task):\n    return True\n")
    assert score() == pytest.approx(1.0) != strict


def test_a_check_that_is_not_there_is_told_before_any_call(tmp_path: Path) -> None:
    from skillopt.core.evaluation.checks import Python

    called: list[str] = []

    def target(_skill: str, letter: str) -> str:
        called.append(letter)
        return "x"

    for call in ("no_such_module:right", "json:no_such_function", "own:absent"):
        given = tasks((Python(type="python", call=call),))
        with pytest.raises(skillopt.InputError):
            skillopt.tune(
                SKILL,
                validation_set=given,
                target=target,
                optimizer=learner,
                ledger=tmp_path / "ledger.db",
            )
    assert called == []


def test_a_place_that_cannot_be_written_is_an_error_before_anything_is_called(
    skill: Path,
) -> None:
    (beside(skill, "file")).touch()
    calls: list[Messages] = []

    def optimizer(messages: Messages) -> str:
        calls.append(messages)
        return GOOD

    for out in (beside(skill, "file") / "x.md", beside(skill, "file") / "a" / "b.md"):
        with pytest.raises(SkillError, match="--out, or pass --no-write; nothing was called"):
            tuned(skill, optimizer, out=out)
    assert not calls
    assert not (skill.parent / ".skillopt").exists()


async def test_a_run_says_where_agreement_rises_while_the_score_falls(tmp_path: Path) -> None:
    """The gate takes the edit for its validation tasks; on train tasks it is wrong, and steadily."""
    heard: list[Event] = []
    draw = random.Random(0)
    right = {str(task.input): str(task.expected) for task in tasks().split("train")}

    def wavering(skill: str, text: str) -> str:
        knows = "saw" in skill
        if text not in right:
            return agent(skill, text) if knows else "reception"
        if knows:
            return "nowhere"
        return right[text] if draw.random() < 0.5 else f"perhaps {draw.random()}"

    run = await skillopt.atune(
        SKILL,
        validation_set=tasks(),
        target=wavering,
        identity="wavering 1",
        optimizer=proposing(draft(insert("- saw: tools\n- drill: tools\n"))),
        ledger=tmp_path / "ledger.db",
        on_event=heard.append,
        rounds=2,
        trials=4,
        gate="strict",
        concurrency=1,
    )
    assert run.rounds[0].decision.kind == "accepted"
    (says,) = [one for one in run.warnings if "agreement rises" in one]
    assert says in [one.says for one in heard if isinstance(one, RunWarned)]
