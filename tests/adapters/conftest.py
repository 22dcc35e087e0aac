from __future__ import annotations

import os
from collections.abc import AsyncIterator

import pytest

from tests.loopback import Loopback, serving


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key, no endpoint and no proxy of whoever runs the tests."""
    for name in list(os.environ):
        upper = name.upper()
        if upper.endswith(("_API_KEY", "_API_BASE", "_BASE_URL", "_PROXY", "_AUTH_TOKEN")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture
async def loopback() -> AsyncIterator[Loopback]:
    async with serving() as endpoint:
        yield endpoint
