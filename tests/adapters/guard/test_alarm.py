"""A time limit in the main thread."""

from __future__ import annotations

import signal
import threading

import pytest

from skillopt.adapters.guard.alarm import Blocked, alarm


def test_what_blocks_is_interrupted_and_the_alarm_is_put_back() -> None:
    with pytest.raises(Blocked), alarm(0.01):
        signal.pause()
    assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_an_alarm_of_somebody_elses_is_left_alone() -> None:
    def own(*_: object) -> None:
        """Not called."""

    signal.signal(signal.SIGALRM, own)
    try:
        with alarm(5.0):
            assert signal.getsignal(signal.SIGALRM) is own
    finally:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)


def test_other_threads_have_none() -> None:
    def call() -> None:
        with alarm(5.0):
            seen.append(signal.getsignal(signal.SIGALRM))

    seen: list[object] = []
    thread = threading.Thread(target=call)
    thread.start()
    thread.join()
    assert seen == [signal.SIG_DFL]
