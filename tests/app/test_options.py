"""The typed options are the settings and the roles, no more and no less."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import pytest

from skillopt.app.aa import aaa
from skillopt.app.ablate import aablate
from skillopt.app.digest import aledger_digest
from skillopt.app.evaluate import aevaluate
from skillopt.app.gate import agate
from skillopt.app.job import read_job
from skillopt.app.options import Options, SettingsOptions
from skillopt.app.retry import aretry
from skillopt.app.tune import atune
from skillopt.core.settings import Settings

OBJECTS = {"validation_set", "checks", "on_event", "events", "report_to", "identity"}
"""What is no setting."""


def test_every_setting_is_an_option_and_every_other_option_is_known() -> None:
    assert set(Options.__annotations__) == set(Settings.model_fields) | OBJECTS


def test_what_may_be_an_object_is_typed_apart_from_plain_settings() -> None:
    both = set(Options.__annotations__) - set(SettingsOptions.__annotations__)
    assert both == OBJECTS | {"target", "optimizer", "judge", "ledger"}


def test_no_option_is_required() -> None:
    assert Options.__required_keys__ == frozenset()


ENTRIES = [aaa, aablate, aevaluate, agate, aledger_digest, aretry, atune, read_job]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.__name__)
def test_every_entry_point_takes_them(entry: Callable[..., object]) -> None:
    parameter = inspect.signature(entry).parameters["options"]
    assert parameter.kind is inspect.Parameter.VAR_KEYWORD
