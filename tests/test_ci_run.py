""".ci/run without a Chromium: what is installed, and that the tests run either way."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent / ".ci" / "run"
MISSING = "Chromium is not installed: the tests in tests/browser are skipped.\n"


def run(folder: Path, *, user: int, chromium: bool, apt_get: str) -> tuple[str, str]:
    """What `make` and `apt-get` were called with, and what was said, with these alone on PATH."""
    (folder / "dirname").symlink_to("/usr/bin/dirname")
    programs = {
        "id": f"echo {user}",
        "make": f'echo make "$@" >> {folder}/calls',
        "apt-get": f'echo apt-get "$@" >> {folder}/calls; {apt_get}',
    } | ({"chromium": ":"} if chromium else {})
    for name, text in programs.items():
        (folder / name).write_text(f"#!/bin/bash\n{text}\n")
        (folder / name).chmod(0o755)
    done = subprocess.run(
        ["/bin/bash", SCRIPT],
        env={"PATH": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    return (folder / "calls").read_text(), done.stderr


def test_it_is_installed_where_it_is_missing(tmp_path: Path) -> None:
    calls, said = run(tmp_path, user=0, chromium=False, apt_get=":")
    assert [line.split()[:2] for line in calls.splitlines()] == [
        ["apt-get", "update"],
        ["apt-get", "install"],
        ["make", "test"],
    ]
    assert calls.splitlines()[1].endswith(" chromium")
    assert said == ""


@pytest.mark.parametrize(
    ("user", "apt_get"), [(0, "exit 100"), (1000, ":")], ids=["apt-get fails", "not root"]
)
def test_the_tests_run_without_it_and_it_says_so(tmp_path: Path, user: int, apt_get: str) -> None:
    calls, said = run(tmp_path, user=user, chromium=False, apt_get=apt_get)
    assert calls.splitlines()[-1] == "make test"
    assert said == MISSING


def test_nothing_is_installed_where_it_is_there(tmp_path: Path) -> None:
    assert run(tmp_path, user=0, chromium=True, apt_get=":") == ("make test\n", "")
