from __future__ import annotations

from typing import Any

import pytest

from tests.adapters.models.opening import Opened


@pytest.fixture
async def opened() -> Any:
    builder = Opened()
    yield builder
    for model in builder.models:
        await model.aclose()
