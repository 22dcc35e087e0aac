"""The five questions of `docs/ledger-schema.md` have answers, on both databases."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import text

from skillopt.adapters.ledger import SqlLedger
from tests.adapters.ledger.samples import a_rollout, filled

PAGE = Path(__file__).parents[4] / "docs" / "ledger-schema.md"
QUERIES = re.findall(r"```sql\n(.*?);\n```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
ANSWERS = [
    {
        "skill_name": "triage",
        "stage": "fit",
        "code": "too_many_edits",
        "outcome": "rejected",
        "proposals": 1,
    },
    {"idea": "refunds go to billing", "gain": 0.025},
    {"id": "run-1", "stopped_by": "rounds", "certified": True, "sealed_last": 0.75},
    {"outcome": "rejected", "kind": "insert", "text": "- Mind the refunds.\n"},
    {"task_id": "task-1", "runs": 2, "mean_score": 0.5},
]


def test_there_are_five() -> None:
    assert len(QUERIES) == len(ANSWERS)


@pytest.mark.parametrize("number", range(len(ANSWERS)))
async def test_the_question_is_answered(ledger: SqlLedger, number: int) -> None:
    await filled(ledger)
    await ledger.add_rollout("run-1", a_rollout(1))
    await ledger.add_rollout("run-1", a_rollout(1, trial=1, score=0.0))
    query = QUERIES[number].replace("triage-support-tickets", "triage")
    rows = await ledger._reader.read(
        lambda connection: connection.execute(text(query)).mappings().all()
    )
    first = dict(rows[0])
    assert {name: first[name] for name in ANSWERS[number]} == ANSWERS[number]
