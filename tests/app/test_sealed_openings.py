"""The sealed test is opened once; a second time certifies nothing, unless the user insists."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import skillopt
from skillopt.core.events import SealedOpened
from tests.killing import killed
from tests.scripted import SKILL, draft, insert, proposing, tasks
from tests.targets import ScriptedTarget

WORDS = "- roses: garden\n- lawn: garden\n- saw: tools\n- drill: tools\n- cake: bakery\n"
MORE = "- hedge: garden\n- soil: garden\n- hammer: tools\n- screws: tools\n- rolls: bakery\n"


async def tuned(folder: Path, skill: skillopt.Skill = SKILL, **more: Any) -> skillopt.Run:
    words = MORE if "roses" in skill.text else WORDS
    more = {"validation_set": tasks(), "rounds": 1, "seed": 0} | more
    return await skillopt.atune(
        skill,
        target=ScriptedTarget(),
        optimizer=proposing(draft(insert(words))),
        ledger=folder / "ledger.db",
        **more,
    )


async def test_a_first_opening_certifies(tmp_path: Path) -> None:
    run = await tuned(tmp_path)
    assert run.sealed is not None
    assert (run.sealed.certified, run.sealed.opened_before, run.shipped) == (True, (), "improved")
    assert len(run.record.opened) == 24
    assert len(run.sealed.split) == 64


async def test_a_second_run_on_the_same_tasks_says_so_and_does_not_certify(tmp_path: Path) -> None:
    first = await tuned(tmp_path)
    second = await tuned(tmp_path, first.skill)
    assert second.sealed is not None
    assert second.sealed.p_value <= 0.05
    assert second.sealed.opened_before == (first.record.id,)
    assert (second.sealed.certified, second.sealed.reopened) == (False, False)
    assert second.shipped == "not certified"
    assert second.skill == second.last, "what does no worse still ships"
    insisted = await tuned(tmp_path, second.skill.__class__(text=first.skill.text), seed=1,
                           reopen_sealed=True)  # fmt: skip
    assert insisted.sealed is not None
    async with skillopt.SqlLedger.open(tmp_path / "ledger.db") as ledger:
        records = [(await ledger.show_run(run.record.id)).record for run in (second, insisted)]
    assert [record.reopen_sealed for record in records] == [False, True]


async def test_insisting_certifies_and_is_kept(tmp_path: Path) -> None:
    first = await tuned(tmp_path)
    second = await tuned(tmp_path, first.skill, reopen_sealed=True)
    assert second.sealed is not None
    assert (second.sealed.certified, second.sealed.reopened) == (True, True)
    assert second.sealed.opened_before == (first.record.id,)
    assert (second.record.reopen_sealed, second.shipped) == (True, "improved")


async def test_new_test_tasks_are_a_new_test(tmp_path: Path) -> None:
    first = await tuned(tmp_path)
    given = tasks()
    fresh = [
        task.model_copy(update={"input": f"Well, {task.input}"}) if task.split == "test" else task
        for task in given.tasks
    ]
    renewed = given.model_copy(update={"tasks": tuple(fresh)})
    second = await tuned(tmp_path, first.skill, validation_set=renewed)
    assert second.sealed is not None
    assert (second.sealed.certified, second.sealed.opened_before) == (True, ())


async def test_the_same_comparison_again_is_the_same_test(tmp_path: Path) -> None:
    first = await tuned(tmp_path)
    again = await tuned(tmp_path, seed=7)
    assert again.last.digest == first.last.digest
    assert again.sealed is not None
    assert again.sealed.certified


async def test_a_run_that_opened_nothing_leaves_the_test_sealed(tmp_path: Path) -> None:
    nothing = await skillopt.atune(
        SKILL,
        validation_set=tasks(),
        target=ScriptedTarget(),
        optimizer=proposing(draft(insert("- nothing: nowhere\n"))),
        ledger=tmp_path / "ledger.db",
        rounds=1,
    )
    assert nothing.sealed is None
    assert nothing.record.opened == ()
    run = await tuned(tmp_path)
    assert run.sealed is not None
    assert run.sealed.certified


async def test_another_skill_on_the_same_tasks_is_another_matter(tmp_path: Path) -> None:
    await tuned(tmp_path)
    other = skillopt.Skill(text=f"---\nname: another\ndescription: d\n---\n{SKILL.text}")
    run = await tuned(tmp_path, other)
    assert run.sealed is not None
    assert run.sealed.opened_before == ()


async def test_evaluating_on_test_tasks_opens_them(tmp_path: Path) -> None:
    async def evaluated(split: str) -> skillopt.app.evaluate.Evaluation:  # type: ignore[name-defined]
        return await skillopt.aevaluate(
            SKILL,
            split=split,  # type: ignore[arg-type]
            validation_set=tasks(),
            target=ScriptedTarget(),
            ledger=tmp_path / "ledger.db",
        )

    assert (await evaluated("validation")).warnings == ()
    (warning,) = (await evaluated("test")).warnings
    assert "--reopen-sealed" in warning
    run = await tuned(tmp_path)
    assert run.sealed is not None
    assert not run.sealed.certified
    async with skillopt.SqlLedger.open(tmp_path / "ledger.db") as ledger:
        kinds = {one.record.id: one.record.kind for one in await ledger.list_runs()}
    assert [kinds[name] for name in run.sealed.opened_before] == ["eval"]


async def test_a_run_that_died_over_the_sealed_test_goes_on_and_still_certifies(
    tmp_path: Path,
) -> None:
    """Its own look is no earlier one; that of another run that began meanwhile would be."""
    await killed(lambda dies: tuned(tmp_path, on_event=dies), at=SealedOpened)
    async with skillopt.SqlLedger.open(tmp_path / "ledger.db") as ledger:
        (opened,) = await ledger.openings("skill")
        assert (await ledger.show_run(opened.id)).record.finished is None
    run = await tuned(tmp_path)
    assert run.record.id == opened.id
    assert run.sealed is not None
    assert (run.sealed.certified, run.sealed.opened_before) == (True, ())


async def test_a_look_that_died_counts_for_others(tmp_path: Path) -> None:
    await killed(lambda dies: tuned(tmp_path, on_event=dies), at=SealedOpened)
    run = await tuned(tmp_path, seed=3)
    assert run.sealed is not None
    assert not run.sealed.certified
    assert len(run.sealed.opened_before) == 1
