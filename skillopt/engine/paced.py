"""A run whose rounds are asked for one by one, beside other runs on the same budget.

What a round does is the same as in :mod:`skillopt.engine.graph`; only who asks for it differs.
"""

from __future__ import annotations

from skillopt.core.evaluation.rollout import Usage
from skillopt.core.history.run import Round, RunRecord
from skillopt.engine.loop import Loop
from skillopt.engine.start import Start
from skillopt.errors import ApprovalNeeded, SpendExhausted


class PacedRun:
    """One run of several: begun, then a round at a time, then ended."""

    def __init__(self, start: Start) -> None:
        self._start = start
        self._loop: Loop | None = None

    @property
    def record(self) -> RunRecord:
        """The run as it stands; it has begun."""
        return self._begun.record

    @property
    def rounds(self) -> tuple[Round, ...]:
        """Its decided rounds."""
        return self._begun.rounds

    @property
    def measured(self) -> Usage:
        """What one run of each validation task used, those that were paid earlier included."""
        return self._start.measured

    @property
    def start(self) -> Start:
        """How it begins."""
        return self._start

    def out_of_budget(self, says: str) -> str:
        """The reason to end it where the budget leaves no room for another round."""
        return self._begun.out_of_spend(SpendExhausted(says))

    async def begin(self) -> str | None:
        """Start or resume the run and measure its first version.

        Returns:
            Why it takes no further round, or None.

        Raises:
            SpendExhausted: a limit leaves no room to measure the first version.
            RunHeld: another process is working on it.
        """
        self._loop = loop = await self._start.loop()
        if loop.record.finished is not None:  # its end is known, and only its file is not written
            return loop.record.stopped_by
        return None if await loop.waiting() else loop.reason_to_stop()

    async def round(self) -> str | None:
        """Run one round.

        Returns:
            Why it takes no further round, or None.

        Raises:
            ApprovalNeeded: a proposal waits for a person; the same round goes on after that.
        """
        loop = self._begun
        try:
            stop = await _round(loop)
        except SpendExhausted as error:
            stop = loop.out_of_spend(error)
        await loop.context.caught_up()
        return stop

    @property
    def _begun(self) -> Loop:
        assert self._loop is not None, "begin is called first"
        return self._loop


async def _round(loop: Loop) -> str | None:
    waiting = await loop.waiting()
    if waiting is None:
        if await (await loop.work()).nothing_to_fix():
            return "nothing left to fix"
        waiting = await loop.ask()
    if waiting is not None and waiting.decision is None:
        raise ApprovalNeeded(run=loop.record.id, entry=waiting.id)
    await loop.commit()
    return loop.reason_to_stop()
