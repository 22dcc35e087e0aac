from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from skillopt.adapters.models import Callers
from tests.adapters.models.opening import Opened


@pytest.fixture(params=["own process", "another process"])
async def opened(request: pytest.FixtureRequest) -> AsyncIterator[Opened]:
    """Builds models whose requests are made in this process, or in another one."""
    callers = Callers(0)
    if request.param == "another process":
        callers = Callers(1, start=request.getfixturevalue("forks").start)
        await callers.start(1)
    builder = Opened(callers)
    yield builder
    for model in builder.models:
        await model.aclose()
    await callers.close()
