"""Nobody: sits in the optimizer's seat of a run that asks no optimizer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from pydantic import BaseModel

from skillopt.core.evaluation.task import Message
from skillopt.core.history.run import NOBODY
from skillopt.errors import RunStopped


class Nobody:
    """A model that is never asked."""

    identity = NOBODY

    async def reply(self, messages: Sequence[Message], *, shape: type[BaseModel]) -> NoReturn:
        """Nothing.

        Raises:
            RunStopped: always.
        """
        del messages, shape
        raise RunStopped(
            "this run has no optimizer, and asked it for a reply; take another --proposer"
        )
