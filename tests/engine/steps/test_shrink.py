"""When a round shortens the skill, and what it works with then."""

from __future__ import annotations

from skillopt.core.history.search import Held, Search
from skillopt.core.history.shrunk import Shrunk
from skillopt.core.skill.skill import Skill
from skillopt.engine.steps.measure_baseline import measure_baseline
from skillopt.engine.steps.shrink import next_shrinking, shortening
from tests.engine.setups import Bench, bench

FIRST = Skill(text="- bread: bakery\n- bonsai: garden\n")
SHORTER = Skill(text="- bread: bakery\n")
EVERY = {"shrink_every": 2, "shrink_margin": 15.0, "rounds": 9}


async def start(**more: object) -> tuple[Bench, Search]:
    desks = await bench(first=FIRST, **(EVERY | more))  # type: ignore[arg-type]
    return desks, (await measure_baseline(desks.context)).search


async def idle() -> bool:
    return True


async def busy() -> bool:
    return False


async def test_the_longest_of_what_nothing_is_known_of_goes_first() -> None:
    desks, _ = await start()
    draft = await next_shrinking(desks.context, FIRST)
    assert draft.idea == "delete “- bonsai: garden”"


async def test_not_out_of_turn_but_where_nothing_is_left_to_fix() -> None:
    desks, search = await start()
    assert await shortening(desks.context, search, FIRST, is_idle=busy) is None
    assert await shortening(desks.context, search, FIRST, is_idle=idle)
    second = search.model_copy(update={"past": (False,)})
    assert await shortening(desks.context, second, FIRST, is_idle=busy)


async def test_it_is_a_round_of_a_run_that_shrinks_what_last_gained() -> None:
    desks, search = await start()
    later = search.model_copy(
        update={
            "incumbent": SHORTER.digest,
            "book": {},
            "shelf": {FIRST.digest: Held(search.book, 1)},
            "shrunk": Shrunk(rounds=(1,), anchor=FIRST.digest, lost=1.0, conceded=2.0),
        }
    )
    found = await shortening(
        desks.context, later, Skill(text=f"{SHORTER.text}\nOk.\n"), is_idle=idle
    )
    assert found is not None
    own = found.context
    assert (own.first, own.settings.proposer) == (FIRST, "shrink")
    assert (own.settings.gate.kind, own.settings.gate.no_worse_than) == ("race", 13)
    assert own.fact != desks.context.fact
    assert found.search.book == search.book


async def test_never_without_the_setting_on_a_branch_or_with_nothing_to_delete() -> None:
    desks, search = await start(shrink_every=None)
    assert await shortening(desks.context, search, FIRST, is_idle=idle) is None
    desks, search = await start()
    branch = search.model_copy(update={"head": "another"})
    assert await shortening(desks.context, branch, FIRST, is_idle=idle) is None
    desks = await bench(first=SHORTER, **EVERY)  # type: ignore[arg-type]
    search = (await measure_baseline(desks.context)).search
    assert await shortening(desks.context, search, SHORTER, is_idle=idle) is None
