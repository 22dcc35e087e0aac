"""No key reaches the terminal, an error, `--json` or the ledger, wherever it came from."""

from __future__ import annotations

import json
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.cli.commands import skillopt_here
from tests.scripted import skillopt_process

ISSUED = "sk-abcdefghijklmnopqrstuvwx0123"
"""Known by its form."""
PLAIN = "PlainValueOfNoForm-4711"
"""Known because a variable holds it."""
PASSWORD = "hunter2hunter2"

CHECK = f"""
def accepts(answer, task):
    raise RuntimeError("cannot log in at https://me:{PASSWORD}@h/p with {ISSUED} or {PLAIN}")
"""
TASKS = "".join(
    json.dumps(
        {
            "id": f"t{number}",
            "split": split,
            "input": f"letter {number}",
            "checks": [{"type": "python", "call": "own_checks:accepts"}],
        }
    )
    + "\n"
    for number, split in enumerate(["train"] * 4 + ["validation"] * 12 + ["test"] * 8)
)
SKILL = "---\nname: letters\ndescription: Letters.\n---\n\n# Letters\n\nAnswer.\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "SKILL.md").write_text(SKILL)
    (tmp_path / "letters.jsonl").write_text(TASKS)
    (tmp_path / "own_checks.py").write_text(CHECK)
    (tmp_path / "skillopt.toml").write_text("max_attempts = 2\n")
    return tmp_path


def everything(project: Path, *arguments: str, **environment: str) -> str:
    """All that a command prints, and the bytes of its ledger as text."""
    return _everything(project, skillopt_here(*arguments, cwd=project, env=environment))


def everything_of_a_process(project: Path, *arguments: str, **environment: str) -> str:
    """The same, with what libraries print while they are loaded and when the process ends."""
    return _everything(project, skillopt_process(*arguments, cwd=project, env=environment))


def _everything(project: Path, ended: CompletedProcess[str]) -> str:
    assert "Traceback" not in ended.stderr
    files = [path for path in project.rglob("*") if path.is_file() and ".skillopt" in path.parts]
    stored = "".join(path.read_bytes().decode("utf-8", "replace") for path in files)
    return ended.stdout + ended.stderr + stored


@pytest.mark.parametrize("more", [(), ("--json",)], ids=["text", "json"])
def test_the_text_of_an_exception(project: Path, more: tuple[str, ...]) -> None:
    asked = ("eval", "SKILL.md", "--tasks", "letters.jsonl", "--target", "practice/reader", *more)
    found = everything(project, *asked, SOME_SERVICE_TOKEN=PLAIN)
    assert "cannot log in" in found
    for secret in (ISSUED, PLAIN, PASSWORD):
        assert secret not in found


ADDRESSES = [
    f"http://me:{PASSWORD}@127.0.0.1:1/v1",
    f"http://127.0.0.1:1/v1?api_key={PASSWORD}",
    f"http://127.0.0.1:1/{ISSUED}/v1",
    f"ftp://me:{PASSWORD}@127.0.0.1:1/v1",
    f"http://me:{PASSWORD}@127.0.0.1:1/v1/chat/completions",
    f"http://me:{PASSWORD}@127.0.0.1:port/v1",
    f"127.0.0.1:1/v1?api_key={PASSWORD}",
]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("more", [(), ("--json",)], ids=["text", "json"])
def test_the_address_of_an_endpoint(project: Path, address: str, more: tuple[str, ...]) -> None:
    asked = ("eval", "SKILL.md", "--tasks", "letters.jsonl", "--target", "openai/m")
    how = everything if more or address != ADDRESSES[0] else everything_of_a_process
    found = how(project, *asked, "--api-base", address, *more, OPENAI_API_KEY=PLAIN)
    assert "127.0.0.1" in found
    for secret in (ISSUED, PLAIN, PASSWORD):
        assert secret not in found


def test_a_proxy(project: Path) -> None:
    asked = ("eval", "SKILL.md", "--tasks", "letters.jsonl", "--target", "openai/m")
    proxy = f"http://me:{PASSWORD}@127.0.0.1:1"
    proxies = {"HTTPS_PROXY": proxy, "HTTP_PROXY": proxy}
    found = everything_of_a_process(project, *asked, OPENAI_API_KEY=PLAIN, **proxies)
    for secret in (PLAIN, PASSWORD):
        assert secret not in found


def test_params_with_a_key_are_refused_without_it(project: Path) -> None:
    for params in (
        f'target_params = {{ extra_headers = {{ Authorization = "Bearer {ISSUED}" }} }}',
        f'target_params = {{ api_key = "{PLAIN}" }}',
        f'target_params = {{ temperature = "{ISSUED}" }}',
    ):
        (project / "skillopt.toml").write_text(f"max_attempts = 2\n{params}")
        asked = ("eval", "SKILL.md", "--tasks", "letters.jsonl", "--target", "openai/m")
        found = everything(project, *asked, OPENAI_API_KEY=PLAIN)
        for secret in (ISSUED, PLAIN):
            assert secret not in found


def test_usage_errors_show_no_key(project: Path) -> None:
    found = everything(project, "eval", "SKILL.md", "--rounds", ISSUED)
    assert ISSUED not in found
    found = everything(project, "ledger", "list", "--ledger", f"mysql://me:{PASSWORD}@h/x")
    assert PASSWORD not in found
    found = everything(project, "ledger", "list", "--ledger", f"postgresql://me:{PASSWORD}@h:1/x")
    assert PASSWORD not in found
