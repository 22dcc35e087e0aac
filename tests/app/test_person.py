"""Who decides: the name that is given, git's, the login's."""

from __future__ import annotations

from pathlib import Path

import pytest

from skillopt.app.person import who
from tests.git_project import git


def test_the_name_that_is_given_counts_then_gits_then_the_logins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in ("GIT_CONFIG_GLOBAL", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LOGNAME", "bo")
    assert (who(None).name, who(None).known_by) == ("bo", "login")
    git(tmp_path, "init", "-q")
    git(tmp_path, "config", "user.name", "Bo Example")
    assert (who(None).name, who(None).known_by) == ("Bo Example", "git")
    assert (who("Ana").name, who("Ana").known_by) == ("Ana", "given")
