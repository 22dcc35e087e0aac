"""When calls get processes of their own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.call_load import CallLoad, Processes, processes_wanted

BUSY = CallLoad(calls=600, seconds=2.0, cpu=1.9)


@pytest.mark.parametrize(
    ("load", "processes", "wanted"),
    [
        (BUSY, Processes(running=0, most=8), 2),
        (BUSY, Processes(running=0, most=1), 1),
        (BUSY, Processes(running=0, most=0), 0),
        (BUSY, Processes(running=2, most=8), 3),
        (BUSY, Processes(running=8, most=8), 8),
        (BUSY._replace(cpu=1.5), Processes(running=0, most=8), 0),
        (BUSY._replace(cpu=1.5), Processes(running=2, most=8), 2),
        # busy with something else: the code of checks, say
        (BUSY._replace(calls=100), Processes(running=0, most=8), 0),
    ],
)
def test_some_once_calls_take_a_core_and_one_more_while_all_are_busy(
    load: CallLoad, processes: Processes, wanted: int
) -> None:
    assert processes_wanted(load, processes) == wanted


@given(
    st.builds(
        CallLoad,
        calls=st.integers(0, 10_000),
        seconds=st.floats(0.1, 60),
        cpu=st.floats(0, 600),
    ),
    st.integers(0, 64),
    st.integers(0, 64),
)
def test_none_is_ended_and_there_are_never_more_than_may_be(
    load: CallLoad, running: int, most: int
) -> None:
    running = min(running, most)
    assert running <= processes_wanted(load, Processes(running, most)) <= most
