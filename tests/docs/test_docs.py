"""The docs say what is true: their commands and snippets run, their examples parse, their links lead
somewhere."""

from __future__ import annotations

import ast
import asyncio
import builtins
import contextlib
import inspect
import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import pytest
from typer.testing import CliRunner

import skillopt
import skillopt.errors
from skillopt.adapters.files.validation_entries import Entry, Header
from skillopt.adapters.files.validation_file import read_validation_set
from skillopt.cli.main import app
from skillopt.core.evaluation import checks
from skillopt.errors import ValidationSetError

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
sys.path.insert(0, str(DOCS))

from pages import command_line, transcripts  # noqa: E402
from pages.parts import Fence, anchors, fences, links  # noqa: E402

from tests.git_project import git  # noqa: E402

PAGES = (ROOT / "README.md", *sorted(DOCS.glob("*.md")))
COMMANDS = dict(command_line.commands())


def words(page: str) -> set[str]:
    """Every word on a page of docs/."""
    return set(re.findall(r"\w+", (DOCS / page).read_text(encoding="utf-8")))


def test_what_follows_from_the_code_is_up_to_date() -> None:
    command = [sys.executable, str(DOCS / "generate.py"), "--check", "--transcripts"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in links(page):
        if link.startswith(("http://", "https://")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path) if path else page
        assert target.exists(), f"{page.name} links to {link}"
        assert not anchor or anchor in anchors(target), f"{page.name} links to {link}"


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_every_page_is_on_the_map(page: Path) -> None:
    linked = set(links(DOCS / "index.md"))
    assert page.name == "index.md" or page.name in linked, (
        f"docs/index.md does not name {page.name}"
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_errors_named_in_the_docs_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for name in re.findall(r"\b[A-Z]\w+Error\b|\b[A-Z]\w+(?:Stopped|Exhausted|TooNew)\b", text):
        assert hasattr(skillopt.errors, name) or hasattr(builtins, name), f"{page.name}: {name}"


def test_the_api_page_names_every_public_name_and_every_error() -> None:
    known = words("python-api.md")
    assert set(skillopt.__all__) <= known
    errors = {name for name, kind in vars(skillopt.errors).items() if inspect.isclass(kind)}
    assert errors <= known


def test_the_snippets_of_the_api_page_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    _project(tmp_path)
    names: dict[str, Any] = {"__name__": "snippets"}
    for fence in fences(DOCS / "python-api.md"):
        if fence.language == "python":
            _execute(fence, names)
    printed = capsys.readouterr().out.splitlines()
    for line in ("nothing accepted", "begin", "finish", "baseline 0.44 on 78 tasks", "12"):
        assert line in printed
    assert names["run"].shipped == "nothing accepted" or names["gated"].outcome == "rejected"


def test_examples_of_validation_sets_parse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = fences(DOCS / "validation-sets.md")
    module = next(block.text for block in blocks if block.language == "python")
    (tmp_path / "my_checks.py").write_text(module, encoding="utf-8")
    seen = 0
    for block, below in zip(blocks, [*blocks[1:], None], strict=True):
        if block.language not in {"yaml", "jsonl"}:
            continue
        path = Path(f"set.{block.language}")
        path.write_text(block.text, encoding="utf-8")
        if below and below.language == "text":
            with pytest.raises(ValidationSetError) as caught:
                read_validation_set(path)
            assert str(caught.value) == below.text.strip()
        else:
            read_validation_set(path)
        seen += 1
    assert seen == 8


def test_every_field_of_a_validation_set_is_documented() -> None:
    kinds = [
        kind
        for kind in vars(checks).values()
        if inspect.isclass(kind) and issubclass(kind, checks.CheckBase)
    ]
    fields = {name for kind in (Header, Entry, *kinds) for name in kind.model_fields}
    assert fields <= words("validation-sets.md")
    headings = {part for one in anchors(DOCS / "validation-sets.md") for part in one.split("-")}
    named = {
        get_args(kind.model_fields["type"].annotation)[0]
        for kind in kinds
        if "type" in kind.model_fields
    }
    assert len(named) == len(kinds) - 1
    assert named <= headings


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_teaches(name: str) -> None:
    command = COMMANDS[name]
    text, _, example = command.help.partition("\n\nExample: ")
    assert text
    assert example, f"skillopt {name} --help has no example"
    _flags_exist(example)
    for found in command.params:
        assert found.help, f"skillopt {name}: {found.opts[0]} says nothing"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_flags_in_the_docs_exist(page: Path) -> None:
    for fence in fences(page):
        if fence.language == "sh":
            _flags_exist(fence.text)


def _mined(folder: Path) -> dict[str, Any]:
    got: dict[str, Any] = {}
    chat = folder / "chat.jsonl"
    chat.write_text('{"prompt": "a commit message of our own", "completion": "added"}\n')
    got["mine find"] = _json("mine find chat.jsonl --for skills/changelog-lines", folder)
    file = got["mine find"]["file"]
    got["mine list"] = _json(f"mine list {file}", folder)
    mined = got["mine list"]["candidates"][0]["id"]
    got["mine edit"] = _json(f"mine edit {file} {mined} --expected Added", folder)
    got["mine approve"] = _json(f"mine approve {file} {mined}", folder)
    chat.write_text('{"prompt": "and what is this one?", "completion": "added"}\n')
    again = _json("mine find chat.jsonl --for skills/changelog-lines", folder)
    refused = again["candidates"][0]["id"]
    got["mine refuse"] = _json(f"mine refuse {file} {refused}", folder)
    return got


def _approved(folder: Path) -> dict[str, Any]:
    """What is printed of proposals that wait for a person; the project is one of its own."""
    folder.mkdir()
    _project(folder)
    tune = "tune skills/changelog-lines --approve --rounds 3 --max-changed-chars 300"
    got: dict[str, Any] = {}
    for name in ("refuse", "approve"):
        with contextlib.chdir(folder):
            waits = CliRunner().invoke(app, shlex.split(tune)).exception
        got["approvals list"] = _json("approvals list", folder)
        entry = got["approvals list"]["approvals"][0]["id"]
        assert entry in str(waits)
        got["approvals show"] = _json(f"approvals show {entry}", folder)
        got[name] = _json(f"{name} {entry} --reason short --as Ana", folder)
    return got


def test_commands_print_the_json_objects_that_are_documented(tmp_path: Path) -> None:
    _project(tmp_path)
    sums = "".join(f"What is {n}?,{n}\n" for n in range(8))
    (tmp_path / "sums.csv").write_text(f"question,answer\n{sums}")
    tuned = "tune skills/changelog-lines --rounds 2 --max-changed-chars 300"
    calls = {
        "tune --dry-run": "tune skills/changelog-lines --dry-run",
        "tune": tuned,
        "eval": "eval skills/changelog-lines",
        "diff": "diff skills/changelog-lines",
        "revert, without a version": "revert skills/changelog-lines",
        "doctor": "doctor skills/changelog-lines",
        "init": "init some-skill",
        "import-tasks": "import-tasks sums.csv",
        "export-tasks": "export-tasks skills/changelog-lines --out promptfooconfig.yaml",
        "runs list": "runs list",
        "ledger list": "ledger list",
    }
    got = {name: _json(call, tmp_path) for name, call in calls.items()}
    first = got["revert, without a version"]["versions"][0]["digest"]
    got["revert"] = _json(f"revert skills/changelog-lines {first}", tmp_path)
    for name, call in {"runs tree": "runs tree", "report": "report -o report.md"}.items():
        got[name] = _json(call, tmp_path)
    got["runs show"] = _json(f"runs show {got['runs list']['runs'][0]['record']['id']}", tmp_path)
    entry = got["ledger list"]["rounds"][0]["id"]
    got["ledger show"] = _json(f"ledger show {entry}", tmp_path)
    shutil.copy(tmp_path / "skills" / "changelog-lines" / "SKILL.md", tmp_path / "old.md")
    with (tmp_path / "old.md").open("a", encoding="utf-8") as old:
        old.write("\nBe brief.\n")
    call = "gate old.md skills/changelog-lines --tasks validation_sets/changelog-lines.yaml"
    got["gate"] = _json(call, tmp_path, codes={0, 1, 3})
    _commit(tmp_path)
    got["gate --changed"] = _json("gate --changed --base HEAD", tmp_path)
    got["aa"] = _json("aa skills/changelog-lines --contests 5", tmp_path)
    queries = tmp_path / "queries.json"
    asked = {"add a changelog line": True, "my note": True, "cook rice": False, "sing": False}
    rows = [{"query": query, "should_trigger": fires} for query, fires in asked.items()]
    queries.write_text(json.dumps(rows))
    got["triggers"] = _json(f"triggers skills/changelog-lines --triggers {queries}", tmp_path)
    got["probe"] = _json("probe skills/changelog-lines --self-check", tmp_path)
    got["probe --dry-run"] = _json("probe skills/changelog-lines --dry-run", tmp_path)
    got["ledger search"] = _json("ledger search note", tmp_path)
    got["ledger why"] = _json("ledger why skills/changelog-lines/SKILL.md", tmp_path)
    got["ledger digest"] = _json("ledger digest skills/changelog-lines", tmp_path)
    _json("tune skills/triage-support-tickets --rounds 3 --no-rehearse", tmp_path)
    refused = _json("ledger list --refused --stage gate --skill triage-support-tickets", tmp_path)
    retried = refused["rounds"][0]["id"]
    got["ledger retry"] = _json(f"ledger retry {retried}", tmp_path, codes={0, 1, 3})
    bundles = [one for one in refused["rounds"] if one["edits"] > 1]
    smallest = min(bundles, key=lambda one: int(one["edits"]))["id"]
    got["ledger ablate"] = _json(f"ledger ablate {smallest}", tmp_path)
    for name in ("ledger stats", "ledger verify", "ledger head"):
        got[name] = _json(name, tmp_path)
    for name in ("tune-all", "tune-all --dry-run"):
        got[name] = _json(f"{name} skills/triage-support-tickets --rounds 0 --no-write", tmp_path)
    got |= _mined(tmp_path) | _approved(tmp_path.with_name("approving"))
    got["ledger import"] = _json("ledger import .skillopt/ledger.db --ledger other.db", tmp_path)
    got["ledger prune"] = _json(
        "ledger prune --older-than 1w --dry-run --ledger other.db", tmp_path
    )
    shutil.move(tmp_path / "skills" / "changelog-lines", tmp_path / "moved")
    got["ledger attach"] = _json("ledger attach skills/changelog-lines moved", tmp_path)
    assert set(got) == set(command_line.OBJECTS)
    for name, (said, models) in command_line.OBJECTS.items():
        if said.startswith("{}"):
            documented = set(models[0].model_fields) | _added(said)
            assert set(got[name]) == documented, name
        else:
            assert set(got[name]) == set(re.findall(r"`(\w+)`", said)), name


def test_every_command_with_json_says_what_it_prints() -> None:
    printing = {
        name
        for name, command in COMMANDS.items()
        if any("--json" in found.opts for found in command.params)
    }
    documented = {name.partition(",")[0].partition(" --")[0] for name in command_line.OBJECTS}
    assert printing == documented


def test_an_error_is_one_object_and_one_message(tmp_path: Path) -> None:
    done = _skillopt("tune nowhere.md --json", tmp_path)
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["kind"] == "SkillError"
    assert "nowhere.md" in done.stderr
    assert "Traceback" not in done.stderr


def _added(said: str) -> set[str]:
    """What a command adds to its model's fields: they are named before a colon."""
    return set(re.findall(r"`(\w+)`(?=:)", said))


def _execute(fence: Fence, names: dict[str, Any]) -> None:
    source = "\n" * fence.line + fence.text
    code = compile(source, "python-api.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    result = eval(code, names)
    if inspect.iscoroutine(result):
        asyncio.run(result)


def _flags_exist(script: str) -> None:
    for line in re.sub(r"<<'EOF'.*?^EOF$", "", script, flags=re.DOTALL | re.MULTILINE).splitlines():
        for call in re.findall(r"skillopt ((?:(?!skillopt)[^|&;)])*)", line):
            given = shlex.split(call.replace('"$', "").replace('"', ""))
            name = next(name for name in COMMANDS if call.startswith(name))
            known = {
                flag
                for found in COMMANDS[name].params
                for flag in (*found.opts, *found.secondary_opts)
            }
            used = {word.partition("=")[0] for word in given if word.startswith("--")}
            assert used <= known, f"skillopt {name} has no {used - known}"


def _json(call: str, folder: Path, codes: frozenset[int] | set[int] = frozenset({0})) -> Any:
    """What a command prints, run in this process: a start of each takes longer than the most."""
    with contextlib.chdir(folder):
        done = CliRunner().invoke(app, [*shlex.split(call), "--json"])
    assert done.exit_code in codes, done.stderr
    return json.loads(done.stdout)


def _skillopt(call: str, folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / "skillopt"
    command = [str(program), *shlex.split(call)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def _project(folder: Path) -> None:
    for part in ("skills", "validation_sets"):
        shutil.copytree(ROOT / part, folder / part)
    (folder / "skillopt.toml").touch()


def _commit(folder: Path) -> None:
    git(folder, "init", "-q", ".")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "all")


def test_a_transcript_follows_what_is_printed() -> None:
    printed = "run 20260101-000000-abcdef\nbaseline: 50.0 % on 10 tasks\nmore\nspent 7 calls\n"
    shown = "run 20250101-000000-fedcba\nbaseline: 44.1 % on 10 tasks\n…\nspent …\n"
    assert transcripts.updated(shown, printed) == (
        "run 20250101-000000-fedcba\nbaseline: 50.0 % on 10 tasks\n…\nspent …\n"
    )
    with pytest.raises(RuntimeError, match="not printed any more"):
        transcripts.updated("spent nothing\n", printed)
