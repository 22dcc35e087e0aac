"""Second attempts at the end of a run: asked for or not, of one version or of two."""

from __future__ import annotations

from skillopt.engine.steps.probe_corrections import probe_corrections
from tests.app.jobs import BETTER
from tests.engine.setups import bench
from tests.scripted import SKILL


async def test_nothing_is_run_where_nobody_asked() -> None:
    made = await bench()
    assert await probe_corrections(made.context, BETTER) is None
    assert made.target.ran == []


async def test_two_versions_are_asked_twice_each_on_the_validation_tasks() -> None:
    made = await bench(report_second_attempts=True)
    found = await probe_corrections(made.context, BETTER)
    assert found is not None
    assert found.difference is not None
    validation = {task.id for task in made.context.validation_set.split("validation")}
    assert {task for _, task, _ in made.target.ran} == validation
    assert len(made.target.ran) == 4 * len(validation)
    again = await probe_corrections(made.context, BETTER)
    assert (again, len(made.target.ran)) == (found, 4 * len(validation))


async def test_the_first_version_alone_where_the_run_ended_with_it() -> None:
    made = await bench(report_second_attempts=True)
    found = await probe_corrections(made.context, SKILL)
    assert found is not None
    assert (found.last, found.difference) == (None, None)
