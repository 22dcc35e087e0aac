"""The shape of the house: imports point one way, heavy libraries stay out of cheap commands."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import skillopt
from skillopt.adapters.ledger import SqlLedger
from skillopt.cli.lazy import HOMES, LEDGER_HOMES, LazyCommand

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "skillopt").rglob("*.py"))
HEAVY = (
    "litellm", "langgraph", "langchain_core", "sqlmodel", "sqlalchemy", "scipy", "numpy",
    "detect_secrets", "requests", "langchain", "pydantic_ai", "deepagents", "agents",
    "opentelemetry", "mlflow", "wandb", "starlette", "uvicorn", "jinja2", "matplotlib", "pandas",
    "ray",
)  # fmt: skip

ROOMS = ("core", "engine", "app", "cli", "web", "adapters", "pages")
"""A module M of these with a function in it has its tests in `tests/<the same path>/test_M.py`."""

TESTED_THROUGH = {
    "adapters/models/calls.py": "adapters/models/test_lite_llm.py",
    # What a list is read with: both ways to it are compared.
    "core/history/views.py": "core/history/test_listed_round.py",
    "adapters/ledger/db/plain_sql.py": "adapters/ledger/read/test_direct.py",
    "adapters/ledger/db/sqlite_file.py": "adapters/ledger/read/test_direct.py",
    "adapters/ledger/read/round_lists.py": "adapters/ledger/read/test_direct.py",
    "adapters/ledger/schema/version.py": "adapters/ledger/read/test_direct.py",
    "adapters/ledger/index/named_skills.py": "adapters/ledger/index/test_run_skills.py",
    "adapters/ledger/index/keys.py": "adapters/ledger/index/test_recall.py",
    "cli/ledger_ablate.py": "cli/test_ledger_show.py",
    "cli/pytest_tasks.py": "test_pytest_plugin.py",
    "cli/proposals.py": "cli/test_ledger_lists.py",
    # The tools: what counts is what the SDK's client gets.
    "cli/mcp/answers.py": "cli/mcp/test_server.py",
    "cli/mcp/asking.py": "cli/mcp/test_server.py",
    "cli/mcp/keeping.py": "cli/mcp/test_server.py",
    "cli/mcp/spending.py": "cli/mcp/test_server.py",
    "core/redaction/__init__.py": "core/redaction/test_redacted.py",
    "core/redaction/named.py": "core/redaction/test_redacted.py",
    "adapters/files/yaml_ids.py": "adapters/files/test_cluster_tags.py",
    # They load names when these are first used: the tests below import them all.
    "core/gate/__init__.py": "test_architecture.py",
    "adapters/ledger/__init__.py": "test_architecture.py",
    # What trackers get of a run: what counts is what they hold afterwards.
    "adapters/listeners/figures.py": "adapters/listeners/test_mlflow_runs.py",
    "adapters/listeners/tracking.py": "adapters/listeners/test_mlflow_runs.py",
    # Values that show themselves in a notebook, by another module.
    "core/gate/sealed_result.py": "core/gate/test_shown_verdict.py",
    # What a run makes of them is what counts.
    "engine/steps/approve.py": "app/test_approvals.py",
    "app/result_place.py": "app/test_tune.py",
    "app/tuned_library.py": "app/test_tune_all.py",
    "cli/tuned_library.py": "cli/test_tune_all.py",
    # Tables, read by one module.
    "core/skill/word_tables.py": "core/skill/test_wording.py",
    "adapters/ledger/schema/tables.py": "adapters/ledger/db/test_database.py",
    "adapters/practice/language.py": "adapters/practice/test_rules.py",
    # Behind the ledger's own methods, which keep one contract on every database.
    "adapters/ledger/append/approvals.py": "adapters/ledger/test_contract.py",
    "adapters/ledger/schema/people.py": "adapters/ledger/test_contract.py",
    "adapters/ledger/append/transaction.py": "adapters/ledger/test_contract.py",
    "adapters/ledger/append/writer.py": "adapters/ledger/test_contract.py",
    "adapters/ledger/read/run_queries.py": "adapters/ledger/test_contract.py",
    "adapters/ledger/schema/mapping.py": "adapters/ledger/test_contract.py",
    # What follows from the chain: it is made again and compared.
    "adapters/ledger/audit/derived.py": "adapters/ledger/audit/test_verification.py",
    # Whatever one of these lets through, the attacks on every column find.
    "adapters/ledger/audit/contents.py": "adapters/ledger/audit/test_tampering.py",
    "adapters/ledger/audit/decisions.py": "adapters/ledger/audit/test_tampering.py",
    "adapters/ledger/audit/full_text.py": "adapters/ledger/audit/test_tampering.py",
    "adapters/ledger/audit/postgresql_schema.py": "adapters/ledger/audit/test_tampering.py",
    "adapters/ledger/audit/sqlite_schema.py": "adapters/ledger/audit/test_tampering.py",
    "adapters/ledger/schema/state.py": "adapters/ledger/read/test_covered.py",
    "adapters/ssh_signatures.py": "app/test_signed_heads.py",
    "adapters/ledger/index/filing.py": "adapters/ledger/index/test_recall.py",
    "adapters/ledger/index/round_keys.py": "adapters/ledger/index/test_recall.py",
    # Opening a database, and bringing an earlier one up to date.
    "adapters/ledger/db/reader.py": "adapters/ledger/db/test_database.py",
    "adapters/ledger/migrations/__init__.py": "adapters/ledger/db/test_database.py",
    # A run's lock, by file or by session; it takes other processes to try it.
    "adapters/ledger/db/forked.py": "adapters/ledger/locks/test_run_lock.py",
    "adapters/ledger/locks/advisory_lock.py": "adapters/ledger/locks/test_run_lock.py",
    "adapters/ledger/locks/file_lock.py": "adapters/ledger/locks/test_run_lock.py",
    # The practice mentor's parts: what counts is what it proposes.
    "adapters/practice/drafting.py": "adapters/practice/test_mentor.py",
    "adapters/practice/evidence.py": "adapters/practice/test_mentor.py",
    "adapters/practice/faults.py": "adapters/practice/test_mentor.py",
    "adapters/practice/hints.py": "adapters/practice/test_mentor.py",
    "adapters/practice/induction.py": "adapters/practice/test_mentor.py",
    "adapters/practice/planning.py": "adapters/practice/test_mentor.py",
    "adapters/practice/scene.py": "adapters/practice/test_mentor.py",
    "adapters/frameworks/langchain_calls.py": "adapters/frameworks/test_langchain.py",
    # How each kind of value is compared: what counts is that two targets differ.
    "adapters/identity/classes.py": "adapters/identity/test_values.py",
    "adapters/identity/code.py": "adapters/identity/test_values.py",
    "adapters/identity/langchain.py": "adapters/identity/test_values.py",
    "adapters/identity/origin.py": "adapters/identity/test_values.py",
    "adapters/identity/walk.py": "adapters/identity/test_values.py",
    # Each client's stream: what counts is what its stand-in's run comes to.
    "adapters/targets/agent_version.py": "adapters/targets/test_agent.py",
    "app/agent_checkup.py": "app/test_agents.py",
    # Pairs of skills: what counts is which version the gate gets.
    "app/renamed_skills.py": "app/test_gate_changes.py",
    "core/agents/claude_code.py": "adapters/targets/test_agent.py",
    "core/agents/codex.py": "adapters/targets/test_agent.py",
    "core/agents/copilot.py": "adapters/targets/test_agent.py",
    "core/agents/gemini.py": "adapters/targets/test_agent.py",
    "core/agents/opencode.py": "adapters/targets/test_agent.py",
    # Both ends of a command: what counts is how it ends.
    "adapters/processes/keeper.py": "adapters/processes/test_running.py",
    "adapters/processes/starting.py": "adapters/processes/test_running.py",
    "adapters/worker/program.py": "adapters/worker/test_host.py",
    "adapters/guard/ends.py": "adapters/guard/test_calls.py",
    # One question to the ledger: what counts is that the run is not paid twice.
    "app/unfinished.py": "app/test_identities.py",
    # The web pages: what counts is what a browser gets.
    "adapters/ledger/browsing.py": "adapters/ledger/read/test_browsed.py",
    "web/checking.py": "web/test_pages.py",
    "web/exporting.py": "web/test_pages.py",
    "web/forms.py": "web/test_application.py",
    "web/guard.py": "web/test_application.py",
    "web/own_command.py": "web/test_pages.py",
    "web/pages/audit.py": "web/test_pages.py",
    "web/pages/entries.py": "web/test_pages.py",
    "web/pages/live.py": "web/test_injection.py",
    "web/pages/refused.py": "web/test_pages.py",
    "web/pages/runs.py": "web/test_pages.py",
    "web/pages/sign_in.py": "web/test_application.py",
    "web/pages/skills.py": "web/test_pages.py",
    "web/rendering.py": "web/test_injection.py",
    "web/serving.py": "cli/test_serve.py",
    "web/site.py": "web/test_application.py",
    # The sentences of a skill, as its rules are read from them.
    "adapters/practice/scanner.py": "adapters/practice/test_rules.py",
}
"""Modules without a test file of their own, why, and the file in which they are tested."""


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
    "asyncio",
    "filelock",
    "markdown_it",
    "rich",
    "skillopt.core.history.run",
    "skillopt.core.history.views",
    "skillopt.core.settings",
    "skillopt.core.value",
    "skillopt.adapters.ledger.append",
    "skillopt.adapters.ledger.audit",
    "skillopt.adapters.ledger.read.listings",
    "skillopt.adapters.ledger.store",
)
"""What cheap commands could load by mistake."""

LISTS_RUNS = {
    "asyncio", "sqlalchemy", "sqlmodel", "skillopt.adapters.ledger.append",
    "skillopt.adapters.ledger.read.listings", "skillopt.adapters.ledger.store",
    "skillopt.core.history.run", "skillopt.core.history.views", "skillopt.core.value",
}  # fmt: skip
"""A list of runs reads their records, which are values."""


@pytest.mark.parametrize(
    ("command", "loaded"),
    [
        (["--version"], set[str]()),
        (["--help"], {"rich", "markdown_it"}),
        (["ledger", "list"], set[str]()),
        (["ledger", "list", "--json", "--refused"], set[str]()),
        (["runs"], LISTS_RUNS),
    ],
)
def test_a_cheap_command_loads_what_it_uses(
    tmp_path: Path, command: list[str], loaded: set[str]
) -> None:
    SqlLedger.open(tmp_path / "ledger.db")._prepare()
    script = (
        "import sys; from skillopt.cli.main import app\n"
        f"try:\n    app({command!r})\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {HEAVY + LATE!r} if name in sys.modules], file=sys.stderr)"
    )
    environment = {**os.environ, "SKILLOPT_LEDGER": str(tmp_path / "ledger.db")}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr
    assert set(ast.literal_eval(done.stderr.strip().splitlines()[-1])) == loaded


def test_the_list_of_commands_says_what_the_commands_say() -> None:
    for name, home in (HOMES | LEDGER_HOMES).items():
        own_help = LazyCommand(name, home).loaded().help
        assert home.summary == " ".join(own_help.split("\n\n")[0].split())


def test_importing_the_package_imports_nothing_heavy() -> None:
    assert loaded_after("import skillopt; skillopt.InputError") == set()


def test_public_names_are_sorted_and_there() -> None:
    assert list(skillopt.__all__) == sorted(skillopt.__all__)
    for name in skillopt.__all__:
        assert getattr(skillopt, name).__name__.rpartition(".")[2] == name


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


def behaves(path: Path) -> bool:
    """Whether a module has a function: constants, types and the names of a package have none."""
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    return any(isinstance(node, kinds) for node in ast.walk(ast.parse(path.read_text("utf-8"))))


def test_tests_mirror_the_package() -> None:
    package, tests = ROOT / "skillopt", ROOT / "tests"
    mine: dict[str, Path] = {}
    for path in SOURCES:
        name = path.relative_to(package)
        if name.parts[0] in ROOMS and behaves(path):
            mine[name.as_posix()] = tests / name.parent / f"test_{name.name}"
    untested = sorted(
        f"skillopt/{name} has no tests/{test.relative_to(tests)}"
        for name, test in mine.items()
        if not test.exists() and name not in TESTED_THROUGH
    )
    assert untested == []
    assert sorted(TESTED_THROUGH.keys() - mine.keys()) == [], "no module with a function"
    assert [name for name in TESTED_THROUGH if mine[name].exists()] == [], "they have their own"
    gone = sorted({test for test in TESTED_THROUGH.values() if not (tests / test).exists()})
    assert gone == [], "no such test file"
