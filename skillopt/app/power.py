"""What a validation set can detect, as far as the ledger knows the target's spread on it."""

from __future__ import annotations

from pathlib import Path

from skillopt.adapters.ledger import SqlLedger
from skillopt.app.ledger import default_ledger
from skillopt.core.evaluation.validation_set import ValidationSet
from skillopt.core.gate import Power, Verdict
from skillopt.core.gate.power import power_on
from skillopt.core.settings import Settings
from skillopt.core.settings_groups import loop_settings
from skillopt.errors import LedgerError


async def measured_power(tasks: ValidationSet, settings: Settings, project: Path) -> Power:
    """The smallest gains the gate finds; from past contests where the ledger has enough of them.

    A ledger that is not there, or cannot be read, counts for none: what is wrong with it is said
    where it is needed.
    """
    try:
        past = await _past(tasks, settings, project)
    except LedgerError:
        past = ()
    return power_on(tasks, loop_settings(settings).gate, past=past)


async def _past(tasks: ValidationSet, settings: Settings, project: Path) -> tuple[Verdict, ...]:
    target = settings.model("target")
    if target is None:
        return ()
    where = settings.ledger or default_ledger(project)
    async with SqlLedger.open(where, create=False) as ledger:
        return await ledger.verdicts(validation_set=tasks.digest, target=target)
