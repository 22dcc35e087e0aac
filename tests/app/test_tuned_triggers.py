"""Description and body under one gate: an optimizer behind the OpenAI protocol drafts both."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

import skillopt
from skillopt.core.quoting import blocks
from tests.loopback import Body, Loopback, said, serving
from tests.scripted import draft, insert

ANSWERS = {"invoice": "billing", "password": "access", "crash": "bugs"}
BODY = "# Tickets\n\nAnswer with one of `other`, `billing`, `access`, `bugs`.\n\n"
KNOWN = '- When it mentions "invoice", answer `billing`.\n'
OLD = f"---\nname: tickets\ndescription: Helps.\n---\n{BODY}{KNOWN}"
RULES = insert(
    '- When it mentions "password", answer `access`.\n- When it mentions "crash", answer `bugs`.\n'
)
FIRES = {"kind": "describe", "text": "Sorts a support ticket by its queue."}
NEIGHBOUR = "---\nname: replies\ndescription: Writes a friendly reply for a ticket.\n---\nBody\n"


def _tasks() -> list[dict[str, Any]]:
    return [
        {
            "id": f"{split}-{number}",
            "split": split,
            "input": f"Support ticket {split} {number}: my {word}.",
            "expected": ANSWERS[word],
        }
        for split, count in (("train", 12), ("validation", 18), ("test", 12))
        for number in range(count)
        for word in [list(ANSWERS)[number % 3]]
    ]


def _queries() -> list[dict[str, Any]]:
    fits = [f"Which queue gets support ticket {word}?" for word in "abcdefghij"]
    near = [f"A friendly reply for ticket {word}, quickly" for word in "abcdefghij"]
    return [
        *({"query": query, "should_trigger": True} for query in fits),
        *({"query": query, "should_trigger": False} for query in near),
    ]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in (("tickets", OLD), ("replies", NEIGHBOUR)):
        (tmp_path / "skills" / name).mkdir(parents=True)
        (tmp_path / "skills" / name / "SKILL.md").write_text(text)
    (tmp_path / "skillopt.toml").write_text("")
    (tmp_path / "asked.json").write_text(json.dumps(_queries()))
    tasks = {"checks": [{"type": "exact"}], "tasks": _tasks()}
    (tmp_path / "tasks.json").write_text(json.dumps(tasks))
    return tmp_path


@pytest.fixture
async def server() -> AsyncIterator[Loopback]:
    async with serving() as loopback:
        yield loopback


def _text(project: Path) -> str:
    return (project / "skills" / "tickets" / "SKILL.md").read_text()


def _optimizer(*drafts: str) -> Any:
    left = list(drafts)

    def reply(request: Body) -> str:
        shown = blocks(request["messages"][1]["content"])
        if "limits" not in shown:
            return json.dumps({"critiques": []})
        return left.pop(0) if len(left) > 1 else left[0]

    return said(reply)


async def _tuned(project: Path, server: Loopback, *drafts: str, **more: Any) -> skillopt.Run:
    server.script(otherwise=_optimizer(*drafts))
    given: dict[str, Any] = {
        "validation_set": project / "tasks.json",
        "target": "practice/reader",
        "optimizer": "openai/o",
        "optimizer_api_base": server.base,
        "ledger": project / "ledger.db",
        "loading": "described",
        "neighbours": str(project / "skills"),
        "triggers": str(project / "asked.json"),
        "tune_description": True,
        "health_check": False,
        "rounds": len(drafts),
        "seed": 1,
    }
    return await skillopt.atune(project / "skills" / "tickets" / "SKILL.md", **(given | more))


def _gains(run: skillopt.Run) -> list[float | None]:
    return [one.decision.verdict.gain for one in run.rounds if one.decision.verdict]


async def test_a_better_body_that_is_never_loaded_is_no_gain(
    project: Path, server: Loopback
) -> None:
    run = await _tuned(project, server, draft(RULES))
    assert run.shipped == "nothing accepted"
    assert _gains(run) == [0.0]
    assert _text(project) == OLD
    (shown, *_) = [blocks(one["messages"][1]["content"]) for one in server.requests]
    failed = [
        one for one in json.loads(shown["evidence"]) if "Support ticket train" in one["input"]
    ]
    assert failed
    assert all(one["feedback"][0].startswith("the skill was not loaded") for one in failed)


async def test_a_description_alone_is_accepted(project: Path, server: Loopback) -> None:
    run = await _tuned(project, server, draft(FIRES))
    assert run.shipped == "improved"
    assert _text(project) == OLD.replace("Helps.", FIRES["text"])


async def test_one_that_loads_it_where_it_should_not_is_worse(
    project: Path, server: Loopback
) -> None:
    fires = OLD.replace("Helps.", FIRES["text"])
    (project / "skills" / "tickets" / "SKILL.md").write_text(fires)
    greedy = {"kind": "describe", "text": f"{FIRES['text']} Friendly reply, quickly."}
    run = await _tuned(project, server, draft(greedy))
    assert run.shipped == "nothing accepted"
    (gain,) = _gains(run)
    assert gain is not None
    assert gain < 0, "it wins the requests that are its neighbour's"
    assert _text(project) == fires


async def test_both_together_are_certified(project: Path, server: Loopback) -> None:
    run = await _tuned(project, server, draft(FIRES, RULES))
    assert run.shipped == "improved"
    assert run.sealed is not None
    assert run.sealed.last_score == 1.0
    assert run.sealed.low > 0
    both = _text(project)
    assert FIRES["text"] in both
    assert RULES["text"] in both


async def test_the_practice_mentor_writes_both(project: Path, server: Loopback) -> None:
    run = await _tuned(project, server, "", optimizer="practice/mentor", rounds=3)
    kinds = [edit.kind for one in run.rounds if one.proposal for edit in one.proposal.edits]
    assert run.shipped == "improved"
    assert kinds[0] == "describe"
    assert server.requests == []
