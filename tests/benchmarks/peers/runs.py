"""One run of one tool on one world: started, killed where that is asked, and measured."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import NamedTuple

from skillopt.core.value import Value
from tests.benchmarks.peers.environments import Tool
from tests.benchmarks.peers.measures import Call, Figures, Killed, Outcome, figures, killed
from tests.benchmarks.peers.server import Played, Server
from tests.benchmarks.peers.starters import Starters
from tests.benchmarks.peers.world import World

BUDGET = 500


class Result(Value):
    """A line of the results file."""

    part: str
    """`runs` or `kills`."""
    world: str
    tool: str
    seed: int
    wall: float
    """Seconds from the start of the process to its end, its imports included."""
    cpu: float
    """Likewise."""
    figures: Figures
    killed: Killed | None = None

    @property
    def key(self) -> tuple[str, str, str, int]:
        """What it is a result of."""
        return self.part, self.world, self.tool, self.seed


class Ended(NamedTuple):
    """A run that came to its end."""

    calls: list[Call]
    outcome: Outcome
    wall: float
    cpu: float


class Place(NamedTuple):
    """Where runs are made."""

    server: Server
    starters: Starters
    folder: Path
    budget: int


def measured(place: Place, name: str, tool: Tool, world: World) -> Result:
    """A run without a kill."""
    ended = _ended(place, name, tool, world)
    return Result(
        part="runs",
        world=world.name,
        tool=name,
        seed=world.seed,
        wall=ended.wall,
        cpu=ended.cpu,
        figures=_figures(place, tool, world, ended),
    )


def measured_with_kill(place: Place, name: str, tool: Tool, world: World) -> Result:
    """A run without a kill, and another that is killed in its middle and started again."""
    whole = _ended(place, name, tool, world)
    at = len(whole.calls) // 2
    cut = _ended(place, name, tool, world, kill_at=at)
    plain, resumed = (_figures(place, tool, world, one) for one in (whole, cut))
    return Result(
        part="kills",
        world=world.name,
        tool=name,
        seed=world.seed,
        wall=cut.wall,
        cpu=cut.cpu,
        figures=resumed,
        killed=killed(whole.calls, cut.calls, at, gain=resumed.gain, gain_without=plain.gain),
    )


def _figures(place: Place, tool: Tool, world: World, ended: Ended) -> Figures:
    budget, all_count = place.budget, tool.all_count
    return figures(world, ended.calls, ended.outcome, budget=budget, all_count=all_count)


def _ended(
    place: Place, name: str, tool: Tool, world: World, *, kill_at: int | None = None
) -> Ended:
    """Run it from an empty folder; after a kill, once more with the same command."""
    starter = place.starters.of(tool)
    label = "-".join((name.replace(", ", "-"), world.name, str(world.seed)))
    folder = place.folder / "runs" / label
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    played = place.server.open(label, world)
    job = _job(place, tool, played, folder)
    ends = [starter.run(job, played, at) for at in ([] if kill_at is None else [kill_at])]
    ends.append(starter.run(job, played, None))
    if ends[-1].code or played.errors:
        said = (folder / "output.txt").read_text("utf-8", "replace")[-3000:]
        raise RuntimeError(f"{label} ended with {ends[-1].code}; {played.errors[:3]}\n{said}")
    found = json.loads((folder / "outcome.json").read_text("utf-8"))
    outcome = Outcome.model_validate({name: found[name] for name in Outcome.model_fields})
    wall, cpu = sum(one.wall for one in ends), sum(one.cpu for one in ends)
    return Ended(played.calls, outcome, wall, cpu)


def _job(place: Place, tool: Tool, played: Played, folder: Path) -> Path:
    world = played.models.world
    tasks = [
        {"id": str(one.number), "split": one.split, "input": one.text, "desk": one.desk}
        for one in world.letters.values()
    ]
    path = folder / "job.json"
    job = {
        "base": place.server.url(folder.name),
        "folder": str(folder),
        "seed": world.seed,
        "budget": place.budget,
        "skill": world.skill,
        "tasks": tasks,
        "settings": tool.settings,
    }
    path.write_text(json.dumps(job), "utf-8")
    return path
