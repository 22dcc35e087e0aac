"""The shape of the house: imports point one way, heavy libraries stay out of cheap commands."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import skillopt
from skillopt.cli.lazy import HOMES, LEDGER_HOMES, LazyCommand

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "skillopt").rglob("*.py"))
HEAVY = (
    "litellm", "langgraph", "langchain_core", "sqlmodel", "sqlalchemy", "scipy", "numpy",
    "detect_secrets", "requests",
)  # fmt: skip


def test_import_contracts_are_kept() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def loaded_after(code: str) -> set[str]:
    """The heavy modules that are loaded after running ``code`` in a fresh interpreter."""
    script = f"import sys\ntry:\n    {code}\nexcept SystemExit:\n    pass\n"
    script += f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(ast.literal_eval(done.stderr.strip().splitlines()[-1]))


@pytest.mark.parametrize("arguments", [["--help"], ["tune", "--help"], ["ledger", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    assert loaded_after(f"from skillopt.cli.main import app; app({arguments!r})") == set()


LATE = (
    "filelock",
    "markdown_it",
    "skillopt.adapters.ledger.audit.importing",
    "skillopt.adapters.ledger.read.blame",
    "skillopt.adapters.ledger.audit.verification",
    "skillopt.core.settings",
)
"""What a list of proposals does not need."""


def test_listing_loads_nothing_but_what_it_lists_with(tmp_path: Path) -> None:
    where = str(tmp_path / "ledger.db")
    made = "import sqlite3; sqlite3.connect(sys.argv[1]).close()"
    listed = ["ledger", "list", "--ledger", where]
    script = (
        f"import sys\nsys.argv = ['skillopt', {where!r}]\n{made}\n"
        f"from skillopt.cli.main import app\ntry:\n    app({listed!r})\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {HEAVY + LATE!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "no proposals\n"
    assert ast.literal_eval(done.stderr.strip().splitlines()[-1]) == ["sqlmodel", "sqlalchemy"]


def test_the_list_of_commands_says_what_the_commands_say() -> None:
    for name, home in (HOMES | LEDGER_HOMES).items():
        own_help = LazyCommand(name, home).loaded().help
        assert home.summary == " ".join(own_help.split("\n\n")[0].split())


def test_importing_the_package_imports_nothing_heavy() -> None:
    assert loaded_after("import skillopt; skillopt.InputError") == set()


def test_public_names_are_sorted_and_there() -> None:
    assert list(skillopt.__all__) == sorted(skillopt.__all__)
    for name in skillopt.__all__:
        assert getattr(skillopt, name).__name__ == name


def test_public_names_survive_the_import_of_every_module() -> None:
    for path in SOURCES:
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        __import__(module)
    assert callable(skillopt.tune)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_and_functions_stay_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno <= 60, node.name
