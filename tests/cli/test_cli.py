"""The command line as a person or a CI job meets it: processes, streams, exit codes, files."""

from __future__ import annotations

import asyncio
import functools
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import pytest

import skillopt
from skillopt.cli.main import run
from skillopt.core.quoting import blocks
from tests.cli.commands import skillopt_here
from tests.loopback import Body, Loopback, hang, said, serving, status
from tests.scripted import ROOT, agent, command, environment, learner, skillopt_process, tasks

SAMPLES = ("triage-support-tickets", "schedule-to-cron", "changelog-lines")
AS_PROCESS = "schedule-to-cron"
"""The sample that is tuned as a process, as people do it; the others need none of their own."""


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


class Cli(Protocol):
    """Runs a command to its end, in this process."""

    def __call__(self, *arguments: str | Path, cwd: Path) -> Ended: ...


@pytest.fixture(autouse=True)
def nobodys_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.endswith(("_API_KEY", "_API_BASE", "_PROXY")) or name == "SKILLOPT_LEDGER":
            monkeypatch.delenv(name)
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    def call(*arguments: str | Path, cwd: Path) -> Ended:
        monkeypatch.chdir(cwd)
        monkeypatch.setattr(sys, "argv", ["skillopt", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            run()
        assert isinstance(left.value.code, int)
        return Ended(left.value.code, *capsys.readouterr())

    return call


class Tuned(NamedTuple):
    """A project whose sample was tuned."""

    project: Path
    name: str
    before: bytes
    done: subprocess.CompletedProcess[str]

    @property
    def skill(self) -> Path:
        return self.project / "skills" / self.name / "SKILL.md"

    @property
    def run(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.done.stdout)
        return found


def project_of(folder: Path) -> Path:
    """A copy of the samples, as a project of its own."""
    for name in ("skills", "validation_sets"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "skillopt.toml").write_text("rounds = 4\npatience = 4\n")
    return folder


@pytest.fixture(scope="module")
def tuning(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Tuned]:
    """Tunes a sample by its practice models, each once."""

    @functools.cache
    def once(name: str) -> Tuned:
        project = project_of(tmp_path_factory.mktemp("project"))
        before = (project / "skills" / name / "SKILL.md").read_bytes()
        tune = skillopt_process if name == AS_PROCESS else skillopt_here
        done = tune("tune", f"skills/{name}", "--json", cwd=project)
        return Tuned(project, name, before, done)

    return once


@pytest.fixture(scope="module", params=SAMPLES)
def tuned(request: pytest.FixtureRequest, tuning: Callable[[str], Tuned]) -> Tuned:
    """Each sample, tuned."""
    return tuning(request.param)


@pytest.fixture(scope="module")
def twice(tuning: Callable[[str], Tuned], tmp_path_factory: pytest.TempPathFactory) -> Tuned:
    """A sample tuned, its file put back, and tuned again by the same command, told in words."""
    once = tuning(AS_PROCESS)
    project = tmp_path_factory.mktemp("again") / "project"
    shutil.copytree(once.project, project)
    skill = project / "skills" / once.name / "SKILL.md"
    skill.write_bytes(once.before)
    again = skillopt_process("tune", skill, cwd=project)
    assert again.returncode == 0, again.stderr
    (project / "told").write_text(again.stdout + again.stderr)
    return once._replace(project=project)


def test_a_sample_gets_better_on_the_sealed_test(tuned: Tuned) -> None:
    assert tuned.done.returncode == 0, tuned.done.stderr
    record = tuned.run["record"]
    assert record["sealed"]["difference"] > 0
    assert tuned.run["shipped"] in {"improved", "not certified"}
    assert tuned.skill.read_text() == tuned.run["last"]["text"]
    assert tuned.skill.read_bytes() != tuned.before
    kinds = {round_["decision"]["kind"] for round_ in tuned.run["rounds"]}
    assert "accepted" in kinds


def test_json_is_alone_on_stdout_and_the_story_is_on_stderr(tuned: Tuned) -> None:
    assert tuned.done.stdout.startswith("{\n")
    assert tuned.done.stdout.endswith("}\n")
    assert "practice run: offline practice models" in tuned.done.stderr
    assert "baseline: " in tuned.done.stderr
    assert "\x1b" not in tuned.done.stderr
    assert "\r" not in tuned.done.stderr


def test_the_story_is_told_in_words(twice: Tuned) -> None:
    told = (twice.project / "told").read_text()
    for part in (
        "baseline: ",
        "round 1: ",
        "sealed test on ",
        "95 % interval",
        "spent ",
        "proposals",
    ):
        assert part in told
    assert "\x1b" not in told


async def test_a_second_run_knows_what_the_first_was_refused(twice: Tuned) -> None:
    """No edit that the gate rejected stands at the gate again, and the prompts tell of it."""
    async with skillopt.SqlLedger.open(twice.project / ".skillopt" / "ledger.db") as ledger:
        first, second = sorted([run.record.id for run in await ledger.list_runs()])
        earlier, later = await ledger.rounds(first), await ledger.rounds(second)
        numbers = [one.number for one in later if one.taken_from is None]
        asked = await ledger.exchange(second, f"{numbers[0]}/propose")
    rejected = [one for one in earlier if one.decision.kind == "refused" and one.decision.verdict]
    assert rejected
    assert numbers[0] > 1, "what the first run accepted is taken up before anything is asked"
    assert asked is not None
    assert any(one.proposal.draft.idea[:40] in asked.prompt for one in rejected if one.proposal)
    again = {
        (one.parent, one.proposal.edits_digest)
        for one in later
        if one.proposal and one.decision.verdict
    }
    for one in rejected:
        assert one.proposal
        assert (one.parent, one.proposal.edits_digest) not in again


def test_the_ledger_is_read_in_all_ways(twice: Tuned, cli: Cli) -> None:
    def listed(*filters: str) -> list[dict[str, Any]]:
        done = cli("ledger", "list", "--json", *filters, cwd=twice.project)
        assert done.code == 0, done.err
        found: list[dict[str, Any]] = json.loads(done.out)["rounds"]
        return found

    every = listed()
    ids = {one["id"] for one in every}
    accepted = {one["id"] for one in listed("--verdict", "accepted")}
    refused = {one["id"] for one in listed("--refused")}
    assert accepted
    assert accepted | refused == ids
    assert not accepted & refused
    assert {one["id"] for one in listed("--run", every[0]["run"])} < ids
    assert listed("--skill", "no-such-skill") == []
    assert listed("--since", "2100-01-01") == []
    assert len(listed("--limit", "1")) == 1
    shown = cli("ledger", "show", min(accepted), "--tasks", cwd=twice.project).out
    assert "accepted by the gate" in shown
    assert "+" in shown
    assert "INCUMBENT  CANDIDATE  TASK" in shown


def test_runs_are_listed_and_shown(twice: Tuned, cli: Cli) -> None:
    assert len(cli("runs", "list", cwd=twice.project).out.splitlines()) == 2
    run = twice.run["record"]["id"]
    shown = cli("runs", "show", run, "--json", cwd=twice.project)
    assert json.loads(shown.out)["record"]["id"] == run
    assert "baseline" in cli("runs", "show", run, cwd=twice.project).out
    assert cli("runs", "show", "nope", cwd=twice.project).code in {2, 4}


def test_diff_and_revert_bring_back_every_byte_from_anywhere(
    tuned: Tuned, tmp_path: Path, cli: Cli
) -> None:
    now = tuned.skill.read_bytes()
    diff = cli("diff", tuned.skill, cwd=tmp_path)
    assert diff.code == 0, diff.err
    assert any(line.startswith("+") for line in diff.out.splitlines())
    first, last = tuned.run["record"]["first"], tuned.run["record"]["last"]
    back = cli("revert", tuned.skill, first[:12], cwd=tmp_path)
    assert back.code == 0, back.err
    assert tuned.skill.read_bytes() == tuned.before
    same = cli("diff", tuned.skill, cwd=tmp_path)
    assert "is version" in same.out
    again = cli("revert", tuned.skill, last[:12], "--json", cwd=tmp_path)
    assert json.loads(again.out)["version"] == last
    assert tuned.skill.read_bytes() == now
    wrong = cli("revert", tuned.skill, "zzzz", cwd=tmp_path)
    assert wrong.code == 2
    assert "no version" in wrong.err


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return project_of(tmp_path)


SKILL = "skills/changelog-lines"


def test_out_no_write_and_where_the_ledger_is(
    project: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (project / SKILL / "SKILL.md").read_bytes()
    flags = ("--rounds", "2", "--ledger", "elsewhere/one.db", "--out", "results/new.md")
    done = cli("tune", SKILL, *flags, cwd=project)
    assert done.code == 0, done.err
    assert (project / SKILL / "SKILL.md").read_bytes() == before
    assert (project / "results" / "new.md").exists()
    assert (project / "elsewhere" / "one.db").exists()
    assert not (project / ".skillopt").exists()
    monkeypatch.setenv("SKILLOPT_LEDGER", str(project / "elsewhere" / "one.db"))
    dry = cli("tune", SKILL, "--rounds", "2", "--no-write", cwd=project)
    assert "nothing was written" in dry.out
    assert (project / SKILL / "SKILL.md").read_bytes() == before
    assert not (project / ".skillopt").exists()
    listed = cli("runs", "list", cwd=project)
    assert len(listed.out.splitlines()) == 2


def test_settings_weigh_flags_over_files_over_the_header(project: Path, cli: Cli) -> None:
    def estimated(*flags: str) -> dict[str, Any]:
        done = cli("tune", SKILL, "--dry-run", "--json", *flags, cwd=project)
        assert done.code == 0, done.err
        found: dict[str, Any] = json.loads(done.out)
        return {role["role"]: role["model"] for role in found["roles"]}

    toml, shared = project / "skillopt.toml", project / "pyproject.toml"
    toml.unlink()
    assert estimated()["target"] == "practice/reader"
    shared.write_text('[tool.skillopt]\ntarget = "openai/from-pyproject"\noptimizer = "openai/o"\n')
    assert estimated()["target"] == "openai/from-pyproject"
    toml.write_text('target = "openai/from-toml"\n')
    assert estimated() == {"target": "openai/from-toml", "optimizer": "openai/o"}
    assert estimated("--target", "openai/from-flag")["target"] == "openai/from-flag"


@pytest.mark.parametrize(
    ("place", "content", "told"),
    [
        ("skillopt.toml", "max_cals = 3\n", "did you mean 'max_calls'"),
        ("skillopt.toml", "rounds = -1\n", "rounds"),
        ("skillopt.toml", "max_cost = inf\n", "max_cost"),
        ("skillopt.toml", "seed = -1\n", "seed"),
        ("skillopt.toml", "rounds = \n", "cannot be read as TOML"),
        ("pyproject.toml", "[tool.skillopt]\nroundz = 3\n", "did you mean 'rounds'"),
        ("validation_sets/changelog-lines.yaml", "settings: {concurency: 3}\n", "concurrency"),
    ],
)
def test_a_wrong_setting_is_named_with_its_place(
    place: str, content: str, told: str, project: Path, cli: Cli
) -> None:
    path = project / place
    if path.suffix == ".yaml":
        text = path.read_text().replace(
            "settings:\n  target: practice/reader\n  optimizer: practice/mentor\n", content
        )
        assert content in text
        path.write_text(text)
    else:
        path.write_text(content)
    done = cli("tune", SKILL, cwd=project)
    assert done.code == 2
    assert told in done.err
    assert Path(place).stem in done.err
    assert "Traceback" not in done.err
    assert not (project / ".skillopt").exists()


def test_wrong_flags_and_missing_things_exit_with_two(project: Path, cli: Cli) -> None:
    for arguments in (
        ["tune", SKILL, "--no-such-flag"],
        ["tune", SKILL, "--rounds", "many"],
        ["tune", SKILL, "--max-cost", "inf"],
        ["tune", SKILL, "--target-param", "noise"],
        ["tune", "nowhere.md"],
        ["tune", SKILL, "--tasks", "nowhere.yaml"],
        ["gate", SKILL, SKILL],
        ["nonsense"],
    ):
        done = cli(*arguments, cwd=project)
        assert done.code == 2, arguments
        assert done.err.strip()
        assert "Traceback" not in done.err
    wrong = cli("tune", "nowhere.md", "--json", cwd=project)
    assert json.loads(wrong.out)["error"]["kind"] == "SkillError"


def test_nobodys_skill_is_tuned_by_practice_models_unawares(tmp_path: Path, cli: Cli) -> None:
    made = cli("init", "answer-questions", "--json", cwd=tmp_path)
    skill = json.loads(made.out)["written"][0]
    done = cli("tune", skill, cwd=tmp_path)
    assert done.code == 2
    for way in ("--target", "skillopt.toml", "settings", "--practice"):
        assert way in done.err
    found = cli("doctor", skill, cwd=tmp_path)
    assert found.code == 1
    assert "not ready" in found.out
    ready = cli("doctor", skill, "--practice", cwd=tmp_path)
    assert ready.code == 0, ready.out
    tuned = cli("tune", skill, "--practice", "--rounds", "1", cwd=tmp_path)
    assert tuned.code == 0, tuned.err
    again = cli("init", "answer-questions", cwd=tmp_path)
    assert again.code == 2
    bad = cli("init", "Bad Name", cwd=tmp_path)
    assert bad.code == 2
    key = cli("doctor", skill, "--target", "openai/x", "--optimizer", "openai/y", cwd=tmp_path)
    assert key.code == 1
    assert "OPENAI_API_KEY" in key.out


def test_two_runs_at_once_on_one_skill_and_one_ledger(project: Path) -> None:
    """With seeds of their own both run; the file has the text of the one that was first."""
    both = [
        subprocess.Popen(
            command("tune", SKILL, "--rounds", "1", "--json", "--seed", str(seed)),
            cwd=project,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for seed in range(2)
    ]
    ends = [process.communicate() for process in both]
    assert [process.returncode for process in both] == [0, 0], [end[1] for end in ends]
    ran = [json.loads(out) for out, _ in ends]
    at = project / SKILL / "SKILL.md"
    texts = {
        run["last"]["text"] for run in ran if run["written"]["path"] == str(at.relative_to(project))
    }
    assert texts == {at.read_text()}


def test_a_reader_that_goes_away_stops_no_run(project: Path, cli: Cli) -> None:
    process = subprocess.Popen(
        command("tune", SKILL, "--rounds", "1"),
        cwd=project,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    told = process.stderr.read()
    process.stderr.close()
    assert process.wait() == 0, told
    assert "Traceback" not in told
    shown = cli("runs", "list", "--json", cwd=project)
    assert json.loads(shown.out)["runs"][0]["record"]["finished"]


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_terminals_of_other_encodings_are_served(encoding: str, project: Path, cli: Cli) -> None:
    path = project / "skills" / "changelog-lines" / "SKILL.md"
    before = path.read_bytes()
    assert cli("tune", SKILL, "--rounds", "0", cwd=project).code == 0
    path.write_bytes(before + "\n日本 – “quoted”\n".encode())
    env = {"PYTHONIOENCODING": encoding}
    done = skillopt_process("diff", SKILL, cwd=project, env=env)
    assert "Traceback" not in done.stderr
    made = skillopt_process("diff", SKILL, "--json", cwd=project, env=env)
    assert "日本" in "".join(json.loads(made.stdout)["diff"])


DESK = "---\nname: desks\ndescription: d\n---\n# Desks\n\n- bread: bakery\n"


@pytest.fixture
async def server() -> AsyncIterator[Loopback]:
    async with serving() as loopback:
        loopback.script(otherwise=said(everybody))
        yield loopback


def everybody(request: Body) -> str:
    """Target and optimizer, told apart by what they are shown."""
    messages = request["messages"]
    if "evidence" in blocks(messages[1]["content"]):
        return learner(messages)
    return agent(blocks(messages[0]["content"]).get("skill", ""), messages[-1]["content"])


@pytest.fixture
def desks(tmp_path: Path, server: Loopback) -> Path:
    """A project whose models are behind the loopback endpoint."""
    (tmp_path / "SKILL.md").write_text(DESK)
    (tmp_path / "better.md").write_text(DESK + "- saw: tools\n- lawn: garden\n- soil: garden\n")
    (tmp_path / "worse.md").write_text(DESK.replace("bread", "air"))
    rows = [
        {
            "id": task.id,
            "split": task.split,
            "input": task.input,
            "expected": task.expected,
            "checks": [{"type": "exact"}],
        }
        for task in tasks().tasks
    ]
    (tmp_path / "desks.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "skillopt.toml").write_text(
        f'target = "openai/t"\noptimizer = "openai/o"\napi_base = "{server.base}"\n'
        "max_attempts = 1\nconcurrency = 4\ndeterministic = true\nhealth_check = false\n"
    )
    return tmp_path


async def started(*arguments: str, cwd: Path) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        *command(*arguments),
        cwd=cwd,
        env=environment(),
        stdout=pipe,
        stderr=pipe,
        preexec_fn=_with_default_signals,
    )


def _with_default_signals() -> None:
    """A shell's background job ignores Ctrl-C, `nohup` SIGHUP, and so would what they start."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


async def asked(server: Loopback, times: int) -> None:
    """Until the endpoint was asked so often."""
    while len(server.requests) < times:
        server.asked.clear()
        await server.asked.wait()


async def ended(cli: Cli, *arguments: str, cwd: Path) -> Ended:
    """A command that talks to the loopback endpoint, which lives in this loop."""
    return await asyncio.to_thread(cli, *arguments, "--tasks", "desks.jsonl", cwd=cwd)


async def test_a_dry_run_calls_nobody(desks: Path, server: Loopback, cli: Cli) -> None:
    code, out, _ = await ended(cli, "tune", "SKILL.md", "--dry-run", cwd=desks)
    assert code == 0
    assert "no known price for openai/" in out
    assert server.requests == []
    code, out, _ = await ended(
        cli, "tune", "SKILL.md", "--dry-run", "--json", "--target", "gpt-4o-mini", cwd=desks
    )
    made = json.loads(out)
    assert made["rollouts"] > 0
    assert {role["role"]: role["cost"] is None for role in made["roles"]} == {
        "target": False,
        "optimizer": True,
    }
    assert server.requests == []


async def test_the_gates_exit_codes(desks: Path, server: Loopback, cli: Cli) -> None:
    assert (await ended(cli, "gate", "SKILL.md", "better.md", cwd=desks))[0] == 0
    code, out, _ = await ended(cli, "gate", "SKILL.md", "worse.md", "--json", cwd=desks)
    assert code == 1
    assert json.loads(out)["verdict"]["outcome"] == "rejected"
    assert (await ended(cli, "gate", "SKILL.md", "SKILL.md", cwd=desks))[0] == 2

    async def failing(loopback: Loopback, request: Any, content: Body) -> Any:
        bad = "soil" in content["messages"][0]["content"]
        return await (status(503, "busy") if bad else said(everybody))(loopback, request, content)

    server.script(otherwise=failing)
    (desks / "other.md").write_text((desks / "better.md").read_text() + "- drill: tools\n")
    code, out, _ = await ended(
        cli, "gate", "SKILL.md", "other.md", "--ledger", "new.db", "--json", cwd=desks
    )
    assert code == 3
    assert json.loads(out)["verdict"]["code"] == "missing"
    server.script(otherwise=status(503, "busy"))
    code, _, err = await ended(cli, "gate", "SKILL.md", "better.md", "--ledger", "x.db", cwd=desks)
    assert code == 4
    assert "busy" in err


async def test_eval_and_its_lift(desks: Path, server: Loopback, cli: Cli) -> None:
    code, out, _ = await ended(cli, "eval", "better.md", "--against", "SKILL.md", cwd=desks)
    assert code == 0
    assert "against SKILL.md" in out
    assert "95 % interval" in out
    code, out, _ = await ended(cli, "eval", "better.md", "--against", "none", "--json", cwd=desks)
    measured = json.loads(out)
    assert measured["lift"]["difference"] > 0.3
    assert measured["against"] == "none"
    server.script(otherwise=status(500))
    code, out, err = await ended(cli, "eval", "worse.md", "--ledger", "y.db", cwd=desks)
    assert code == 4
    assert "15 requests in a row failed" in err


async def test_401_is_one_message_and_the_same_command_goes_on(
    desks: Path, server: Loopback, cli: Cli
) -> None:
    server.script(*[said(everybody)] * 30, otherwise=status(401, "wrong key\x1b[2J"))
    code, out, err = await ended(cli, "tune", "SKILL.md", cwd=desks)
    assert code == 4
    assert err.count("wrong key") == 1
    assert "Traceback" not in err
    assert "\x1b" not in out + err
    assert (desks / "SKILL.md").read_text() == DESK
    server.script(otherwise=said(everybody))
    code, out, _ = await ended(cli, "tune", "SKILL.md", cwd=desks)
    assert code == 0
    assert "resuming run" in out
    assert "certified by the sealed test" in out
    asked = [json.dumps(request["messages"]) for request in server.requests]
    assert len(asked) - len(set(asked)) <= 4  # those that were refused are asked again


async def test_ctrl_c_is_one_line_and_the_same_command_goes_on(
    desks: Path, server: Loopback, cli: Cli
) -> None:
    server.script(*[said(everybody)] * 10, otherwise=hang())
    process = await started("tune", "SKILL.md", "--tasks", "desks.jsonl", cwd=desks)
    await asked(server, 14)
    process.send_signal(signal.SIGINT)
    _, err = await process.communicate()
    assert process.returncode == 130
    lines = [line for line in err.decode().splitlines() if line.strip()]
    assert lines[-1] == "skillopt: interrupted; run the same command to resume"
    assert "Traceback" not in err.decode()
    server.script(otherwise=said(everybody))
    code, out, _ = await ended(cli, "tune", "SKILL.md", cwd=desks)
    assert code == 0
    assert "resuming run" in out


async def test_a_run_that_a_second_one_ran_into_ends_as_if_alone(
    desks: Path, server: Loopback, cli: Cli, tmp_path_factory: pytest.TempPathFactory
) -> None:
    alone = tmp_path_factory.mktemp("alone") / "project"
    shutil.copytree(desks, alone)
    server.script(otherwise=said(everybody))
    assert (await ended(cli, "tune", "SKILL.md", cwd=alone)).code == 0
    asked = sorted(json.dumps(request["messages"]) for request in server.requests)
    server.requests.clear()
    server.asked.clear()
    go_on = asyncio.Event()

    async def once_told(*about: Any) -> Any:
        await go_on.wait()
        return await said(everybody)(*about)

    server.script(otherwise=once_told)
    first = await started("tune", "SKILL.md", "--tasks", "desks.jsonl", cwd=desks)
    await server.asked.wait()
    assert (await ended(cli, "tune", "SKILL.md", cwd=desks)).code == 4
    go_on.set()
    _, err = await first.communicate()
    assert first.returncode == 0, err
    assert sorted(json.dumps(request["messages"]) for request in server.requests) == asked
    assert (desks / "SKILL.md").read_text() == (alone / "SKILL.md").read_text() != DESK


async def test_the_same_command_twice_at_once_is_told_and_pays_nothing(
    desks: Path, server: Loopback, cli: Cli
) -> None:
    server.script(*[said(everybody)] * 10, otherwise=hang())
    first = await started("tune", "SKILL.md", "--tasks", "desks.jsonl", cwd=desks)
    await asked(server, 14)
    code, out, err = await ended(cli, "tune", "SKILL.md", cwd=desks)
    assert code == 4
    assert f"process {first.pid} on " in err
    assert "this run is already in progress" in err
    assert "Traceback" not in err
    assert len(server.requests) == 14
    first.kill()
    await first.communicate()
    server.script(otherwise=said(everybody))
    code, out, _ = await ended(cli, "tune", "SKILL.md", cwd=desks)
    assert code == 0
    assert "resuming run" in out


async def test_a_limit_that_is_too_small_is_one_clear_message(
    desks: Path, server: Loopback, cli: Cli
) -> None:
    code, _, err = await ended(cli, "tune", "SKILL.md", "--max-calls", "5", cwd=desks)
    assert code == 4
    assert "max_calls = 5 leaves no room" in err
    assert len(server.requests) == 5
    code, out, _ = await ended(cli, "tune", "SKILL.md", "--max-calls", "80", cwd=desks)
    assert code == 0
    assert "spend limit reached" in out
    assert len(server.requests) <= 80


def test_help_of_every_command_teaches(cli: Cli) -> None:
    for name in ("tune", "eval", "gate", "diff", "revert", "init", "doctor", "ledger", "runs"):
        done = cli(name, "--help", cwd=ROOT)
        assert done.code == 0
        assert "--help" in done.out
        if name not in {"ledger", "runs"}:
            assert "Example: skillopt" in done.out
