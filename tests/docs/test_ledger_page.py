"""The snippet of `docs/ledger.md` runs, and the page names every method there is."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from skillopt.adapters.ledger import SqlLedger
from tests.adapters.ledger.samples import SKILL

PAGE = (Path(__file__).parents[2] / "docs" / "ledger.md").read_text(encoding="utf-8")


async def test_the_snippet_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "SKILL.md").write_bytes(SKILL.to_bytes())
    (snippet,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    code = compile(snippet, "docs/ledger.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    await eval(code, {"__name__": "snippet"})
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("known the same edits were rejected before")
    assert said[1].endswith("ask for the order number")
    assert said[2] == "True"


def test_the_methods_in_the_table_exist() -> None:
    table = PAGE.split("| to |")[1].split("##")[0]
    named = set(re.findall(r"`(\w+)`", table)) - {"SqlLedger", "Ledger"}
    assert named <= set(dir(SqlLedger))
