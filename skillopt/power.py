"""What a validation set can detect, as far as the ledger knows the target's spread on it."""

from __future__ import annotations

from pathlib import Path

from skillopt.adapters.ledger import SqlLedger
from skillopt.core.gate import Power, Verdict
from skillopt.core.reach import detectable
from skillopt.core.settings import Settings
from skillopt.core.validation_set import ValidationSet
from skillopt.errors import LedgerError
from skillopt.wiring import default_ledger


async def measured_power(tasks: ValidationSet, settings: Settings, project: Path) -> Power:
    """The smallest gains the gate finds; from past contests where the ledger has enough of them.

    A ledger that is not there, or cannot be read, counts for none: what is wrong with it is said
    where it is needed.
    """
    try:
        past = await _past(tasks, settings, project)
    except LedgerError:
        past = ()
    return detectable(tasks, settings.loop().gate, past=past)


async def _past(tasks: ValidationSet, settings: Settings, project: Path) -> tuple[Verdict, ...]:
    target = settings.model("target")
    if target is None:
        return ()
    where = settings.ledger or default_ledger(project)
    async with SqlLedger.open(where, create=False) as ledger:
        return await ledger.verdicts(validation_set=tasks.digest, target=target)
