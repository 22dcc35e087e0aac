"""The snippets of `docs/observability.md` run, and what the page names exists."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path

import pytest

from tests.scripted import ROOT

PAGE = (ROOT / "docs" / "observability.md").read_text(encoding="utf-8")


async def test_the_snippets_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("opentelemetry", reason="pip install -e '.[dev]'")
    monkeypatch.chdir(tmp_path)
    for name in ("skills", "validation_sets"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / "skillopt.toml").touch()
    names = {"__name__": "snippet"}
    for snippet in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        code = compile(snippet, "observability.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        await eval(code, names)
    said = capsys.readouterr().out.splitlines()
    assert said[-1].startswith("run_ended ")


def test_the_names_of_spans_are_those_of_the_exporter() -> None:
    source = (ROOT / "skillopt/adapters/listeners/spans.py").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:gen_ai|skillopt)\.[\w.]+|error\.type)`", PAGE))
    assert named
    for name in named - {"skillopt.run"}:
        assert f'"{name}"' in source, name
    assert "commit `002c8a6`" in PAGE
    assert "commit 002c8a6" in source
