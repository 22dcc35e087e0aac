"""The page on tools for agents says what is true."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from skillopt.cli.mcp.allowance import Allowance
from skillopt.cli.mcp.root import Root
from skillopt.cli.mcp.server import make_server

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "mcp.md").read_text(encoding="utf-8")


def test_the_snippet_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "skillopt.toml").touch()
    (tmp_path / "SKILL.md").write_text("# Support\n\n- Be kind.\n", encoding="utf-8")
    (snippet,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    exec(compile(snippet, "mcp.md", "exec"), {})
    (shown,) = re.findall(r"It prints `(.*?)`", PAGE)
    assert capsys.readouterr().out.strip() == shown


async def test_the_table_names_every_tool(tmp_path: Path) -> None:
    server = make_server(Root.at(tmp_path), ledger=None, allowance=Allowance())
    tools = {tool.name: tool for tool in await server.list_tools()}
    rows = dict(re.findall(r"^\| `(\w+)` \|.*\| (.*) \|$", PAGE, flags=re.MULTILINE))
    assert rows.keys() == tools.keys()
    needs = {name for name, tool in tools.items() if "approve" in tool.input_schema["properties"]}
    assert needs == {name for name, said in rows.items() if said != "no"}


def test_the_settings_of_a_client_are_json() -> None:
    (shown,) = re.findall(r"```json\n(.*?)```", PAGE, flags=re.DOTALL)
    assert json.loads(shown)["mcpServers"]["skillopt"]["args"][0] == "mcp"
