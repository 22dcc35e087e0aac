"""Pages over a ledger, asked in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from skillopt.adapters.ledger import SqlLedger
from skillopt.app.candidate_files import CandidateFiles
from skillopt.web.access import Access
from skillopt.web.application import application
from skillopt.web.origins import Hosts
from skillopt.web.site import Serving

BASE = "http://127.0.0.1:8017"


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Browser(TestClient):
    """A client that sends forms as a browser does: with the page's token, from its own origin."""

    serving: Serving

    def signed_in(self) -> Browser:
        """Follow the printed link."""
        answer = self.get("/sign-in", params={"token": self.serving.access.token})
        assert answer.status_code == 303, answer.text
        return self

    def csrf(self) -> str:
        """What a form of this session holds."""
        key = self.cookies.get(self.serving.cookie)
        session = self.serving.access.session(key)
        return session.csrf if session else ""

    def submit(self, path: str, **fields: str) -> Any:
        """Send a form as the page at ``path`` would."""
        return self.post(path, data={"csrf": self.csrf(), **fields}, headers={"origin": BASE})


Opening = Callable[..., Browser]


@pytest.fixture
def browse() -> Iterator[Opening]:
    """Opens a browser on the pages over a ledger; options are those of `Serving`."""
    with ExitStack() as stack:

        def opened(where: Path, *, password: str | None = None, **options: Any) -> Browser:
            access = Access(who="ada", clock=Clock(), token="right", password=password)
            hosts = options.pop("hosts", Hosts.of("127.0.0.1"))
            options.setdefault("candidates", CandidateFiles(where.parent))
            serving = Serving(
                where=str(where), shown=str(where), access=access, hosts=hosts, port=8017, **options
            )
            browser = Browser(
                application(serving),
                base_url=BASE,
                follow_redirects=False,
                raise_server_exceptions=False,
            )
            browser.serving = serving
            return stack.enter_context(browser)

        yield opened


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A ledger without rows."""
    where = tmp_path / "ledger.db"

    async def make() -> None:
        async with SqlLedger.open(where):
            pass

    asyncio.run(make())
    return where
