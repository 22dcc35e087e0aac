"""Records and fingerprints: what names a run, and what finds an unfinished one again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from skillopt.app.job import read_job
from skillopt.app.records import noise_fingerprint, run_record, tuning_fingerprint
from skillopt.app.session import open_session
from skillopt.core.evaluation.checks import Rubric
from skillopt.core.history.run import NOBODY, RunRecord
from skillopt.core.loop_settings import SpendLimits
from tests.app.jobs import BETTER, job
from tests.app.tickets import project
from tests.scripted import SKILL, tasks
from tests.standins import ScriptedModel
from tests.standins_ledger import MemoryLedger
from tests.targets import ScriptedTarget

OPTIMIZER = ScriptedModel("x")


async def record(kind: Any = "gate", **options: Any) -> RunRecord:
    async with open_session(job(**options)) as session:
        return run_record(session.job, session.setup, kind=kind)


async def test_a_record_says_what_is_run_on_what() -> None:
    made = await record()
    assert (made.kind, made.skill_name, made.skill_path) == ("gate", "skill", None)
    assert (made.first, made.validation_set) == (SKILL.digest, tasks().digest)
    assert (made.target, made.optimizer, made.judge) == (
        ScriptedTarget().identity,
        NOBODY,
        None,
    )
    assert made.pending


async def test_limits_are_recorded_where_there_are_any_and_are_no_part_of_the_fingerprint() -> None:
    limited = await record(max_calls=7)
    assert limited.limits == SpendLimits(max_calls=7)
    assert "limits" not in (await record()).model_dump()
    names = set()
    for options in ({"max_calls": 7}, {}):
        made = job(**options)
        async with open_session(made) as session:
            names.add(tuning_fingerprint(made, session.setup, OPTIMIZER, None))
    assert len(names) == 1


async def test_models_are_recorded_by_their_strings_and_objects_by_their_identities() -> None:
    judge = ScriptedModel("x", name="judge")
    rubric = tasks((Rubric(type="rubric", criteria=("desk",)),))
    named = await record(target="practice/reader", judge=judge, validation_set=rubric)
    assert (named.target, named.judge) == ("practice/reader", judge.identity)


async def test_every_run_has_an_id_and_a_fingerprint_of_its_own() -> None:
    both = [await record() for _ in range(2)]
    assert both[0].id != both[1].id
    assert both[0].fingerprint != both[1].fingerprint


async def test_a_path_is_recorded_as_seen_from_the_project(tmp_path: Path) -> None:
    folder = project(tmp_path)
    made = read_job(folder / "tickets.md", target=ScriptedTarget(), ledger=MemoryLedger())
    async with open_session(made) as session:
        assert run_record(made, session.setup, kind="eval").skill_path == "tickets.md"


async def fingerprint(writes_to: Path | None = None, **options: Any) -> str:
    optimizer = options.pop("optimizer", OPTIMIZER)
    async with open_session(job(**options)) as session:
        return tuning_fingerprint(session.job, session.setup, optimizer, writes_to)


async def test_the_same_call_has_the_same_fingerprint_and_another_has_another() -> None:
    others: list[dict[str, Any]] = [
        {},
        {"skill": BETTER},
        {"target": ScriptedTarget(name="another")},
        {"optimizer": ScriptedModel("x", name="another")},
        {"rounds": 3},
        {"seed": 4},
        {"gate": "exact"},
        {"validation_set": tasks().model_copy(update={"tasks": tasks().tasks[:-1]})},
        {"writes_to": Path("/elsewhere.md")},
    ]
    found = [await fingerprint(**options) for options in others]
    assert len(set(found)) == len(others)
    assert await fingerprint() == found[0]


async def test_how_it_is_run_is_no_part_of_it() -> None:
    """So that a run that ran dry goes on with a higher limit."""
    assert await fingerprint(max_calls=9, concurrency=3, timeout=7) == await fingerprint()


async def test_a_file_is_named_by_its_path_whatever_it_holds_now(tmp_path: Path) -> None:
    folder = project(tmp_path)

    async def of_file() -> str:
        made = read_job(folder / "tickets.md", target=ScriptedTarget(), ledger=MemoryLedger())
        async with open_session(made) as session:
            return tuning_fingerprint(made, session.setup, OPTIMIZER, None)

    before = await of_file()
    (folder / "tickets.md").write_text("# Another text\n")
    assert await of_file() == before


async def noise(**options: Any) -> str:
    async with open_session(job(**options)) as session:
        return noise_fingerprint(session.setup)


async def test_noise_belongs_to_target_and_tasks_alone() -> None:
    fewer = tasks().model_copy(update={"tasks": tasks().tasks[:-1]})
    assert await noise(skill=BETTER, rounds=3) == await noise()
    assert len({await noise(), await noise(target=ScriptedTarget(name="another"))}) == 2
    assert len({await noise(), await noise(validation_set=fewer)}) == 2
