"""Limits of spend and trouble with providers, counted at the provider's end of the wire."""

from __future__ import annotations

import contextlib
import itertools
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

import skillopt
from skillopt.adapters.models import waits
from skillopt.core.evaluation.checks import Rubric
from skillopt.core.events import Event, HealthChecked, SealedOpened, Stopped
from skillopt.core.quoting import blocks
from skillopt.errors import RunStopped
from tests.loopback import (
    Behaviour,
    Body,
    Loopback,
    completion,
    cut,
    dropped,
    html,
    raw,
    said,
    serving,
    status,
    text,
)
from tests.scripted import SKILL, agent, learner, tasks

USED = 13
"""Tokens that the loopback endpoint says each reply took."""


@pytest.fixture
async def server() -> AsyncIterator[Loopback]:
    async with serving() as loopback:
        loopback.script(otherwise=said(everybody))
        yield loopback


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waits, "FIRST_WAIT", 0.0)


def everybody(request: Body) -> str:
    """The target, the optimizer and the judge, told apart by what they are shown."""
    messages = request["messages"]
    shown = blocks(messages[-1]["content"]) or blocks(messages[1]["content"])
    if "answer" in shown:
        met = float(json.loads(shown["expected"]) == shown["answer"])
        names = json.loads(shown["criteria"])
        found = [{"criterion": name, "why": "see", "met": met} for name in names]
        return json.dumps({"results": found})
    if "evidence" in shown:
        return learner(messages)
    return agent(blocks(messages[0]["content"])["skill"], messages[-1]["content"])


async def tuned(folder: Path, server: Loopback, **more: Any) -> skillopt.Run:
    """Tune by models behind the loopback endpoint."""
    given = {
        "validation_set": tasks(),
        "target": "openai/target",
        "optimizer": "openai/optimizer",
        "api_base": server.base,
        "ledger": folder / "ledger.db",
        "concurrency": 32,
        "deterministic": True,
        "timeout": 20.0,
        "rounds": 6,
        "health_check": False,
    }
    return await skillopt.atune(SKILL, **(given | more))


def every(number: int, trouble: Behaviour, otherwise: Behaviour) -> Behaviour:
    """Trouble at each ``number``-th request."""
    count = 0

    async def behave(loopback: Loopback, request: Any, content: Body) -> Any:
        nonlocal count
        count += 1
        return await (otherwise if count % number else trouble)(loopback, request, content)

    return behave


WHOLE = 198
"""Calls of the run without limits."""


async def test_without_limits(tmp_path: Path, server: Loopback) -> None:
    run = await tuned(tmp_path, server)
    assert run.shipped == "improved"
    assert len(server.requests) == run.usage.calls == WHOLE
    assert run.usage.tokens == USED * run.usage.calls


async def test_health_checks_count_and_are_made_once(tmp_path: Path, server: Loopback) -> None:
    told: list[Event] = []
    checked: dict[str, Any] = {"health_check": True, "rounds": 1, "on_event": told.append}
    with pytest.raises(skillopt.SpendExhausted):
        await tuned(tmp_path, server, max_calls=3, **checked)
    assert len(server.requests) == 3
    run = await tuned(tmp_path, server, max_calls=WHOLE, **checked)
    (health,) = [event for event in told if isinstance(event, HealthChecked)]
    assert [check.role for check in health.checks] == ["target", "optimizer"]
    assert health.usage.calls == 2
    assert run.usage.calls == len(server.requests), "the run that was stopped is resumed"


async def test_an_unwell_role_stops_the_run_before_it_spends(
    tmp_path: Path, server: Loopback
) -> None:
    refused = status(400, "the schema is too complex")

    async def behave(loopback: Loopback, request: Any, content: Body) -> Any:
        optimizing = content["model"] == "optimizer"
        return await (refused if optimizing else said(everybody))(loopback, request, content)

    server.script(otherwise=behave)
    with pytest.raises(RunStopped, match=r"optimizer failed its health check.*--no-health"):
        await tuned(tmp_path, server, health_check=True)
    assert len(server.requests) <= 3


@pytest.mark.parametrize("limit", [0, 1, 23])
async def test_a_limit_too_small_for_the_baseline_says_so(
    limit: int, tmp_path: Path, server: Loopback
) -> None:
    with pytest.raises(skillopt.SpendExhausted, match=f"max_calls = {limit} leaves no room.*--max"):
        await tuned(tmp_path, server, max_calls=limit)
    assert len(server.requests) == limit


@pytest.mark.parametrize("limit", [24, 71, 100, 150, WHOLE - 1])
async def test_calls_never_pass_their_limit(limit: int, tmp_path: Path, server: Loopback) -> None:
    told: list[Event] = []
    run = await tuned(tmp_path, server, max_calls=limit, on_event=told.append)
    assert run.usage.calls == len(server.requests) <= limit
    accepted = run.record.last != run.record.first
    assert accepted == any(isinstance(event, SealedOpened) for event in told)
    stopped = next(event for event in told if isinstance(event, Stopped))
    assert stopped.reason == run.record.stopped_by == "spend"
    assert f"max_calls = {limit}" in stopped.detail


@pytest.mark.parametrize("limit", [30, 90, 127, WHOLE])
async def test_retries_count_and_every_one_is_on_the_ledgers_account(
    limit: int, tmp_path: Path, server: Loopback
) -> None:
    """Requests for which a retry found no room any more were paid as well."""
    again = status(429, headers={"Retry-After": "0"})
    server.script(otherwise=every(3, again, said(everybody)))
    run = None
    with contextlib.suppress(skillopt.SpendExhausted):
        run = await tuned(tmp_path, server, max_calls=limit)
    assert len(server.requests) <= limit
    async with skillopt.SqlLedger.open(tmp_path / "ledger.db") as ledger:
        (summary,) = await ledger.list_runs()
        assert (await ledger.usage(summary.record.id)).calls == len(server.requests)
    assert run is None or run.usage.calls == len(server.requests)


@pytest.mark.parametrize("limit", [9_000, 14_000, 40_000])
async def test_tokens_never_pass_their_limit(limit: int, tmp_path: Path, server: Loopback) -> None:
    """Each reply uses all it may, so that a limit that trusted an average would be passed."""

    def greedy(request: Body) -> str:
        spent.append(request["max_tokens"] + 100)
        return everybody(request)

    async def behave(_: Loopback, __: Any, content: Body) -> Any:
        from aiohttp import web

        answer = greedy(content)
        usage = {"prompt_tokens": 100, "completion_tokens": content["max_tokens"]}
        return web.json_response(completion(answer, usage=usage))

    spent: list[int] = []
    server.script(otherwise=behave)
    params = {"target_params": {"max_tokens": 60}, "optimizer_params": {"max_tokens": 900}}
    with contextlib.suppress(skillopt.SpendExhausted):
        run = await tuned(tmp_path, server, max_tokens=limit, **params)
        assert run.usage.tokens == sum(spent)
        assert (run.record.last != run.record.first) == (run.sealed is not None)
    assert sum(spent) <= limit


async def test_the_sealed_test_runs_in_the_room_that_was_set_aside(
    tmp_path: Path, server: Loopback
) -> None:
    """A limit of tokens and one of money, both reached after the first acceptance."""
    whole = await tuned(tmp_path / "whole", server, write=False)
    assert len(whole.rounds) == 3
    params = {
        f"{role}_params": {
            "max_tokens": 64,
            "input_cost_per_token": 0.001,
            "output_cost_per_token": 0.001,
        }
        for role in ("target", "optimizer")
    }
    stopped = []
    for number, limits in enumerate(
        [{"max_tokens": 14_400 + 400 * step} for step in range(3)]
        + [{"max_cost": 14.4 + 0.4 * step} for step in range(3)]
    ):
        run = await tuned(tmp_path / str(number), server, **limits, **params)
        if run.record.last != run.record.first:
            assert run.sealed is not None, limits
        if run.record.stopped_by == "spend" and run.rounds:
            stopped.append(limits)
        assert run.usage.tokens <= limits.get("max_tokens", 10**9)
        assert (run.usage.cost or 0) <= limits.get("max_cost", 10**9)
    assert {name for limits in stopped for name in limits} == {"max_tokens", "max_cost"}


async def test_money_needs_a_price(tmp_path: Path, server: Loopback) -> None:
    with pytest.raises(skillopt.InputError, match="LiteLLM has none"):
        await tuned(tmp_path, server, max_cost=1.0)
    assert server.requests == []


async def test_a_resumed_run_counts_what_was_spent(tmp_path: Path, server: Loopback) -> None:
    limit = 170
    for stop_after in (30, 60, 90):
        left = stop_after - len(server.requests)
        server.script(*[said(everybody)] * left, otherwise=status(401, "wrong key"))
        with pytest.raises(skillopt.ModelError, match="wrong key"):
            await tuned(tmp_path, server, max_calls=limit, concurrency=8)
    server.script(otherwise=said(everybody))
    told: list[Event] = []
    await tuned(tmp_path, server, max_calls=limit, concurrency=8, on_event=told.append)
    assert getattr(told[0], "resumed", False)
    assert len(server.requests) <= limit


async def test_a_run_that_ran_dry_goes_on_with_a_higher_limit(
    tmp_path: Path, server: Loopback
) -> None:
    with pytest.raises(skillopt.SpendExhausted):
        await tuned(tmp_path, server, max_calls=10)
    run = await tuned(tmp_path, server, max_calls=500)
    assert run.shipped == "improved"
    assert len(server.requests) == WHOLE


TROUBLE: dict[str, Behaviour] = {
    "429": status(429, headers={"Retry-After": "0"}),
    "500": status(500),
    "529": status(529),
    "cut": cut(),
    "dropped": dropped(),
    "html": html(),
    "no JSON": raw('{"choices": ['),
    "no choices": raw('{"id": "x", "object": "chat.completion", "choices": []}'),
    "no content": text(None),
}


async def test_passing_trouble_changes_nothing(tmp_path: Path, server: Loopback) -> None:
    """Every third request meets another kind of trouble, the optimizer's included."""
    kinds = itertools.cycle(TROUBLE.values())

    async def another(loopback: Loopback, request: Any, content: Body) -> Any:
        return await next(kinds)(loopback, request, content)

    server.script(otherwise=every(3, another, said(everybody)))
    run = await tuned(tmp_path, server, max_attempts=12)
    assert run.shipped == "improved"
    assert run.sealed is not None
    assert run.sealed.missing == 0
    assert run.usage.calls == len(server.requests) > WHOLE


def failing_on(word: str, trouble: Behaviour) -> Behaviour:
    async def behave(loopback: Loopback, request: Any, content: Body) -> Any:
        letter = content["messages"][-1]["content"]
        hit = word in letter and len(letter) < 100
        return await (trouble if hit else said(everybody))(loopback, request, content)

    return behave


async def test_lasting_trouble_is_missing_data_and_never_a_zero(
    tmp_path: Path, server: Loopback
) -> None:
    """All tasks about one word of twelve: 8 % are missing everywhere."""
    server.script(otherwise=failing_on("pretzel", status(500)))
    run = await tuned(tmp_path, server, max_attempts=2)
    assert run.shipped == "improved"
    assert run.sealed is not None
    assert run.sealed.missing == 2
    assert run.sealed.last_score == 1.0


async def test_too_much_missing_stops_the_run_in_order(tmp_path: Path, server: Loopback) -> None:
    server.script(otherwise=failing_on("r", status(500)))
    with pytest.raises(skillopt.ModelError, match="have no outcome") as raised:
        await tuned(tmp_path, server, max_attempts=1)
    assert "run the same command again" in str(raised.value)
    server.script(otherwise=said(everybody))
    before = len(server.requests)
    run = await tuned(tmp_path, server, max_attempts=1)
    assert run.shipped == "improved"
    assert len(server.requests) < WHOLE + before


async def test_an_inconclusive_verdict_for_a_person(tmp_path: Path, server: Loopback) -> None:
    async def gated() -> skillopt.Skill:
        return await skillopt.agate(
            SKILL,
            skillopt.Skill(text=SKILL.text + "- saw: tools\n- lawn: garden\n- soil: garden\n"),
            validation_set=tasks(),
            target="openai/target",
            api_base=server.base,
            ledger=tmp_path / "ledger.db",
            max_attempts=1,
            health_check=False,
        )

    server.script(otherwise=failing_on("r", status(503, "overloaded")))
    found = await gated()
    assert found.outcome.value == "inconclusive"
    assert found.verdict.code == "missing"
    assert "overloaded" in found.verdict.reason
    server.script(otherwise=said(everybody))
    assert (await gated()).outcome.value == "accepted"


async def test_an_optimizer_that_fails_stops_the_run_and_it_goes_on(
    tmp_path: Path, server: Loopback
) -> None:
    def no_optimizer(request: Body) -> bool:
        return "evidence" in blocks(request["messages"][1]["content"])

    async def behave(loopback: Loopback, request: Any, content: Body) -> Any:
        chosen = status(500) if no_optimizer(content) else said(everybody)
        return await chosen(loopback, request, content)

    server.script(otherwise=behave)
    with pytest.raises(skillopt.ModelError, match="the optimizer gave no reply in round 1/critici"):
        await tuned(tmp_path, server, max_attempts=2)
    server.script(otherwise=said(everybody))
    run = await tuned(tmp_path, server, max_attempts=2)
    assert run.shipped == "improved"
    assert len(server.requests) == WHOLE + 2


async def test_401_stops_at_once_with_one_message(tmp_path: Path, server: Loopback) -> None:
    server.script(otherwise=status(401, "Incorrect API key provided: sk-abcdefghijklmnopqrstuv"))
    with pytest.raises(skillopt.ModelError, match="Incorrect API key") as raised:
        await tuned(tmp_path, server, concurrency=4)
    assert "sk-abcdefgh" not in str(raised.value)
    assert "run the same command to resume" in str(raised.value)
    assert len(server.requests) <= 4


JUDGED: Callable[[], skillopt.ValidationSet] = lambda: tasks(  # noqa: E731
    (Rubric(type="rubric", criteria=("desk",)),)
)


async def test_a_target_that_judges_itself_is_always_named(
    tmp_path: Path, server: Loopback
) -> None:
    roles = {"validation_set": JUDGED(), "judge": "openai/target"}
    with pytest.raises(skillopt.InputError, match="allow-self-judging"):
        await tuned(tmp_path, server, **roles)
    assert server.requests == []
    run = await tuned(tmp_path, server, **roles, allow_self_judging=True)
    assert run.shipped == "improved"
    assert run.record.self_judged
    assert json.loads(run.model_dump_json())["record"]["self_judged"] is True
    evaluated = await skillopt.aevaluate(
        SKILL,
        validation_set=JUDGED(),
        target="openai/target",
        judge="openai/target",
        api_base=server.base,
        ledger=tmp_path / "ledger.db",
        allow_self_judging=True,
    )
    assert evaluated.self_judged
    assert evaluated.usage.calls == 2 * evaluated.tasks


@pytest.mark.parametrize("limit", [120, 250])
async def test_judged_runs_keep_their_limit_and_their_sealed_test(
    limit: int, tmp_path: Path, server: Loopback
) -> None:
    told: list[Event] = []
    run = None
    roles = {"validation_set": JUDGED(), "judge": "openai/judge"}
    run = await tuned(tmp_path, server, **roles, max_calls=limit, on_event=told.append)
    assert len(server.requests) <= limit
    assert (run.record.last != run.record.first) == (run.sealed is not None)
