"""A project of its own for the practice models: tickets and the desks they belong to."""

from __future__ import annotations

import json
from pathlib import Path


def project(tmp_path: Path, *, protected: bool = False) -> Path:
    """A skill and its tasks for the practice models."""
    words = {"invoice": "billing", "password": "access", "crash": "bugs"}
    rows = [
        {
            "id": f"{split}-{number}",
            "split": split,
            "input": f"Ticket {split} {number}: it is about my {word}.",
            "expected": words[word],
            "protected": protected and split == "validation" and number == 2,
        }
        for split, count in (("train", 9), ("validation", 24), ("test", 18))
        for number in range(count)
        for word in [list(words)[number % 3]]
    ]
    content = {"name": "tickets", "checks": [{"type": "exact"}], "tasks": rows}
    (tmp_path / "validation_sets").mkdir()
    (tmp_path / "validation_sets" / "tickets.yaml").write_text(json.dumps(content))
    (tmp_path / "tickets.md").write_text(OLD)
    (tmp_path / "new.md").write_text(NEW)
    (tmp_path / "skillopt.toml").write_text("practice = true\n")
    return tmp_path


OLD = "# Tickets\n\nAnswer with one of `billing`, `access`, `bugs`.\n\n- Otherwise, answer `billing`.\n"
NEW = (
    OLD
    + '- When it mentions "password", answer `access`.\n- When it mentions "crash", answer `bugs`.\n'
)
