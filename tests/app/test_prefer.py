"""A run ends with the shorter of two versions whose scores tie, and says so."""

from __future__ import annotations

import asyncio
from pathlib import Path

import skillopt
from skillopt.adapters.ledger import SqlLedger
from skillopt.core.evaluation.checks import Exact
from tests.scripted import SKILL, agent, draft, insert, proposing

WORDS = {"rolls": "bakery", "lawn": "garden", "saw": "tools"}
SHORT = draft(insert("- rolls: bakery\n- lawn: garden\n"), idea="two desks")
LONG = draft(
    insert("- saw: tools\n\nPlease mind the tools, and whoever asks for them.\n"),
    idea="tools at length",
)


def tasks() -> skillopt.ValidationSet:
    """Tasks about two words, and one validation task in a hundred about the third."""
    counts = (("train", 10), ("validation", 100), ("test", 20))
    made = [
        skillopt.Task(
            id=f"{split}-{at}",
            split=split,  # type: ignore[arg-type]
            input=f"{split} {at}: {word}",
            expected=WORDS[word],
            checks=(Exact(type="exact"),),
        )
        for split, count in counts
        for at in range(count)
        for word in [("saw" if at == 9 else ("rolls", "lawn")[at % 2])]
    ]
    return skillopt.ValidationSet(name="desks", tasks=tuple(made))


def tuned(path: Path, prefer: str) -> skillopt.Run:
    return skillopt.tune(
        SKILL,
        validation_set=tasks(),
        target=agent,
        optimizer=proposing(SHORT, LONG),
        ledger=path / f"{prefer}.db",
        deterministic=True,
        gate="strict",
        rounds=2,
        prefer=prefer,  # type: ignore[arg-type]
    )


def test_the_shorter_version_wins_a_tie_and_only_if_asked(tmp_path: Path) -> None:
    plain, short = tuned(tmp_path, "score"), tuned(tmp_path, "shorter")
    assert [round_.decision.kind for round_ in short.rounds] == ["accepted", "accepted"]
    assert "mind the tools" in plain.last.text
    assert plain.record.preferred is None
    assert "mind the tools" not in short.last.text
    assert "lawn: garden" in short.last.text
    assert short.record.preferred is not None
    assert short.record.preferred.over == plain.last.digest
    assert short.sealed is not None, "what was chosen is what the sealed test is run on"
    assert short.record.last == short.last.digest


def test_the_ledger_shows_the_front(tmp_path: Path) -> None:
    run = tuned(tmp_path, "shorter")

    async def shown() -> list[tuple[str, int | None, bool]]:
        async with SqlLedger.open(tmp_path / "shorter.db") as ledger:
            entry = await ledger.show_run(run.record.id)
        return [(point.version, point.round, point.on_front) for point in entry.front]

    first, one, two = asyncio.run(shown())
    assert first == (run.first.digest, None, True)
    assert one == (run.last.digest, 1, True)
    assert two[1:] == (2, True)
