"""What the reviewer of an edit reads: `ledger show`, `gate`, `ledger ablate`, by the practice models."""

from __future__ import annotations

import asyncio
import getpass
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

import pytest

import skillopt
from skillopt.adapters.ledger import SqlLedger
from skillopt.cli.main import run
from tests.app.tickets import NEW, OLD, project
from tests.scripted import draft, insert, proposing

TASKS = "validation_sets/tickets.yaml"
GATE = ("gate", "tickets.md", "new.md", "--tasks", TASKS)
BAD = {
    "kind": "replace",
    "anchor": "- Otherwise, answer `billing`.",
    "text": "- Otherwise, answer `no`.",
}
GOOD = insert('- When it mentions "password", answer `access`.\n')


class Ended(NamedTuple):
    code: int
    out: str
    err: str


class Cli(Protocol):
    def __call__(self, *arguments: str) -> Ended: ...


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in list(os.environ):
        if name.endswith("_API_KEY") or name == "SKILLOPT_LEDGER":
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return project(tmp_path)


@pytest.fixture
def cli(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Cli]:
    def call(*arguments: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["skillopt", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            run()
        assert isinstance(left.value.code, int)
        return Ended(left.value.code, *capsys.readouterr())

    return call


def git(*arguments: str) -> str:
    identity = ("-c", "user.name=Ada L", "-c", "user.email=ada@example.org")
    command = ["git", *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_a_proposal_says_when_who_which_models_and_which_tasks(cli: Cli, folder: Path) -> None:
    assert cli("tune", "tickets.md", "--rounds", "1", "--no-write").code == 0
    entry = json.loads(cli("ledger", "list", "--json").out)["rounds"][0]["id"]
    told = cli("ledger", "show", entry).out
    assert re.search(
        rf"^\d{{4}}-\d\d-\d\d \d\d:\d\d \(UTC.*\), by {re.escape(getpass.getuser())}$",
        told,
        re.MULTILINE,
    )
    assert "target practice/reader, optimizer practice/mentor, no judge" in told
    critiques = [line for line in told.splitlines() if line.startswith("critique of ")]
    assert critiques
    assert all(
        re.match(r"critique of \S+ \((task train-\d|\d tasks: train-\d(, train-\d)+)\): ", line)
        for line in critiques
    )
    named = [name for line in critiques for name in re.findall(r"train-\d", line.split("):")[0])]
    entries = json.loads(cli("ledger", "show", entry, "--json").out)
    assert len(critiques) < len(entries["round"]["critiques"]), "nearly identical ones are folded"
    assert set(named) == set(entries["critiqued"].values())


def test_a_hand_written_edit_shows_files_commit_author_and_state(cli: Cli, folder: Path) -> None:
    git("init", "-q")
    git("add", "tickets.md")
    git("commit", "-qm", "one")
    gated = cli(*GATE)
    assert gated.code == 0, gated.err
    step = gated.out.splitlines()[-1]
    assert step.startswith("next: skillopt ledger show ")
    told = cli(*step.removeprefix("next: skillopt ").split()).out
    commit = git("rev-parse", "HEAD")[:12]
    assert f"old version: tickets.md (commit {commit} by Ada L <ada@example.org> on " in told
    assert "new version: new.md (not committed to git)" in told
    assert "idea: (hand-written edit)" in told
    assert '+- When it mentions "password", answer `access`.' in told
    (folder / "tickets.md").write_text(OLD + "\nMore.\n")
    again = cli("gate", "tickets.md", "new.md", "--tasks", TASKS, "--json")
    entry = json.loads(again.out)["entry"]
    assert ", changed since)" in cli("ledger", "show", entry).out


def test_without_a_repository_the_paths_are_shown(cli: Cli, folder: Path) -> None:
    entry = json.loads(cli(*GATE, "--json").out)["entry"]
    told = cli("ledger", "show", entry).out
    assert "old version: tickets.md (not in a git repository)" in told
    assert "hand-written edit" in cli("ledger", "list").out


def test_the_same_gate_in_another_form_is_one_entry(cli: Cli, folder: Path) -> None:
    plain = cli(*GATE)
    assert "already tested" not in plain.out
    again = cli(*GATE)
    assert re.search(
        r"already tested on .* with the same tasks and settings; nothing was run",
        " ".join(again.out.split()),
    )
    found = json.loads(cli(*GATE, "--json").out)
    assert found["known_since"]
    assert found["usage"]["calls"] == 0
    assert cli(*GATE, "--markdown").code == 0
    assert json.loads(cli("ledger", "list", "--json").out)["total"] == 1
    assert json.loads(cli("runs", "list", "--json").out)["total"] == 1
    other = cli(*GATE, "--gate", "strict", "--json")
    assert json.loads(other.out)["known_since"] is None
    assert json.loads(cli("ledger", "list", "--json").out)["total"] == 2
    assert cli("ledger", "verify").code == 0


@pytest.fixture
def bundle(folder: Path) -> str:
    """The id of a rejected proposal with a bad edit and a good one."""
    found = skillopt.tune(
        "tickets.md",
        optimizer=proposing(draft(BAD, GOOD, idea="two things at once")),
        rounds=1,
        write=False,
    )
    (round_,) = found.rounds
    assert round_.decision.kind == "refused"
    return round_.id


def test_ablate_shows_the_edit_at_fault(cli: Cli, folder: Path, bundle: str) -> None:
    done = cli("ledger", "ablate", bundle)
    assert done.code == 0, done.err
    head, bad, good, spent, step = done.out.splitlines()
    assert head.split() == [
        "EDIT",
        "VERDICT",
        "POINTS",
        "95",
        "%",
        "INTERVAL",
        "TASKS",
        "P",
        "CHANGE",
    ]
    assert re.match(r" *0  rejected +-\d+\.\d +\[-.*, -?.*\] +\d+ ", bad)
    assert "replace: - Otherwise, answer `billing`. → - Otherwise, answer `no`." in bad
    assert re.match(r" *1  accepted +\+33\.3 +\[\+.*, \+.*\] +24 ", good)
    assert spent.startswith("run ")
    assert step == f"next: skillopt ledger retry {bundle} tickets.md --edit 1"
    shown = cli("ledger", "show", bundle).out
    assert "edit 0 alone: rejected" in shown
    assert "edit 1 alone: accepted" in shown
    retried = cli(*step.removeprefix("next: skillopt ").split())
    assert retried.code == 0, retried.err
    assert retried.out.splitlines()[-1].endswith(f"retry {bundle} tickets.md --write")


def test_ablate_as_json(cli: Cli, folder: Path, bundle: str) -> None:
    found = json.loads(cli("ledger", "ablate", bundle, "tickets.md", "--json").out)
    assert [one["outcome"] for one in found["edits"]] == ["rejected", "accepted"]
    effect = found["edits"][1]["effect"]
    assert effect["low"] < effect["difference"] < effect["high"]
    assert (found["round"], found["skill"]) == (bundle, "tickets")


def test_ablate_that_runs_out_of_spend_enters_nothing(cli: Cli, folder: Path, bundle: str) -> None:
    done = cli("ledger", "ablate", bundle, "--max-calls", "5", "--seed", "3")
    assert done.code == 4
    assert "higher limit" in done.err
    assert "alone:" not in cli("ledger", "show", bundle).out


def test_what_is_no_bundle_is_refused_before_a_call(cli: Cli, folder: Path) -> None:
    entry = json.loads(cli(*GATE, "--json").out)["entry"]
    done = cli("ledger", "ablate", entry, "tickets.md")
    assert done.code == 2
    assert "nothing to take apart" in done.err
    assert json.loads(cli("runs", "list", "--json").out)["total"] == 1


def test_taking_in_another_ledger_says_what_to_type_next(cli: Cli, folder: Path) -> None:
    assert cli(*GATE, "--ledger", "other.db").code == 0
    done = cli("ledger", "import", "other.db")
    assert done.out.splitlines()[-1] == "next: skillopt ledger list"
    assert NEW

    async def there() -> int:
        async with SqlLedger.open(".skillopt/ledger.db") as ledger:
            return await ledger.count_rounds()

    assert asyncio.run(there()) == 1
