from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from skillopt.adapters.models import Callers
from tests.adapters.models.opening import Opened


@pytest.fixture
async def callers() -> Callers:
    """This process makes the requests; a module may say otherwise."""
    return Callers(0)


@pytest.fixture
async def opened(callers: Callers) -> AsyncIterator[Opened]:
    """Builds models."""
    builder = Opened(callers)
    yield builder
    for model in builder.models:
        await model.aclose()
    await callers.close()
