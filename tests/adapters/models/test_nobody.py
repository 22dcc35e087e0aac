"""Nobody: a seat that is empty, and says so."""

from __future__ import annotations

import pytest

from skillopt.adapters.models.nobody import Nobody
from skillopt.core.history.run import NOBODY
from skillopt.core.proposals.proposal import Draft
from skillopt.errors import RunStopped


async def test_it_replies_nothing() -> None:
    assert Nobody().identity == NOBODY
    with pytest.raises(RunStopped, match="no optimizer"):
        await Nobody().reply((), shape=Draft)
