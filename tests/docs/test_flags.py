"""Every flag that the docs and the messages name exists."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from skillopt.core.merged_settings import merged_settings

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
sys.path.insert(0, str(DOCS))

from pages import command_line  # noqa: E402
from pages.parts import fences  # noqa: E402

PAGES = (ROOT / "README.md", *sorted(DOCS.glob("*.md")))
MODULES = sorted((ROOT / "skillopt").rglob("*.py"))
PROGRAMS = (
    "python",
    "pytest",
    "pip",
    "make",
    "llama-server",
    "vllm",
    "ollama",
    "git",
    "pre-commit",
    "copilot",
    "gemini",
    "skillopt-train",
)
"""Programs whose flags are their own."""
SCRIPTS = (*sorted((ROOT / "tests").rglob("*.py")), DOCS / "generate.py")
"""Our own programs, benchmarks among them; the pages name some of their flags, too."""
OTHERS = {
    "contributing.md": {"--flag"},  # the style guide's example
    "local-servers.md": {"--jinja"},  # of llama-server, named in its own section
    "ci.md": {"--skillopt-base"},  # of pytest
}

_CODE = re.compile(r"`([^`\n]+)`")
_FLAG = re.compile(r"(?<![\w-])--[a-z][a-z-]*[a-z]")


def known() -> set[str]:
    """Every flag of every command."""
    options = [option for _, command in command_line.commands() for option in command.params]
    return {"--help", "--version", "--install-completion"} | {
        flag for option in options for flag in (*option.opts, *option.secondary_opts)
    }


def scripted() -> set[str]:
    """The flags of our own programs."""
    named = r'add_argument\(\s*"(--[a-z-]+)"'
    return {flag for one in SCRIPTS for flag in re.findall(named, one.read_text("utf-8"))}


def flags_of(page: Path) -> Iterator[str]:
    """The flags in the page's inline code that are not part of another program's call."""
    prose = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    for code in _CODE.findall(prose):
        if not code.startswith(PROGRAMS):
            yield from _FLAG.findall(code)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_flag_in_the_docs_exists(page: Path) -> None:
    unknown = set(flags_of(page)) - known() - scripted() - OTHERS.get(page.name, set())
    assert unknown == set(), f"{page.name} names flags that do not exist"


def test_a_flag_that_is_gone_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "Use `--target-params`, `skillopt tune --nonsense` or `python x.py --jobs 2`.\n"
    )
    assert set(flags_of(page)) - known() == {"--target-params", "--nonsense"}


def test_every_flag_in_a_message_exists() -> None:
    quoted = r"(?:pass|with|add|set|use|raise) (--[a-z][a-z-]*[a-z])"
    named = {
        (module.name, flag)
        for module in MODULES
        for flag in re.findall(quoted, module.read_text("utf-8"))
    }
    assert named
    assert {(module, flag) for module, flag in named if flag not in known()} == set()


def test_settings_in_the_page_of_local_servers_are_settings() -> None:
    snippets = [one for one in fences(DOCS / "local-servers.md") if one.language == "toml"]
    assert snippets
    for snippet in snippets:
        merged_settings([("docs", tomllib.loads(snippet.text))])
