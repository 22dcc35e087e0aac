"""What the user's code prints."""

from __future__ import annotations

import sys
import threading

import pytest

from skillopt.adapters.guard.output import KEPT_CHARS, Printed, let_go, printing_into


def test_only_the_end_is_kept() -> None:
    printed = Printed()
    with printing_into(printed):
        for number in range(KEPT_CHARS):
            print(number)
        print("\n \n")
    assert printed.tail == str(KEPT_CHARS - 1)
    assert len(printed._kept) <= KEPT_CHARS


def test_other_threads_print_as_before(capsys: pytest.CaptureFixture[str]) -> None:
    printed = Printed()
    with printing_into(printed):
        thread = threading.Thread(target=print, args=("theirs",))
        thread.start()
        thread.join()
        print("mine", file=sys.stderr, flush=True)
    assert capsys.readouterr() == ("theirs\n", "")
    assert printed.tail == "mine"


def test_one_inside_another_and_a_stream_that_was_kept(capsys: pytest.CaptureFixture[str]) -> None:
    outer, inner = Printed(), Printed()
    with printing_into(outer):
        kept = sys.stdout
        with printing_into(inner):
            sys.stdout.writelines(["a", "b\n"])
        print("c")
    sys.stdout, before = kept, sys.stdout  # somebody puts it back
    with printing_into(outer):
        pass
    print("whole")
    sys.stdout = before
    assert (outer.tail, inner.tail) == ("c", "ab")
    assert capsys.readouterr().out == "whole\n"


def test_a_call_that_hangs_holds_no_stream(capsys: pytest.CaptureFixture[str]) -> None:
    begun, ends = threading.Event(), threading.Event()
    own = sys.stdout

    def hangs() -> None:
        with printing_into(Printed()):
            begun.set()
            ends.wait()

    thread = threading.Thread(target=hangs)
    thread.start()
    begun.wait()
    assert sys.stdout is not own
    let_go(thread.ident)
    assert sys.stdout is own
    with printing_into(printed := Printed()):
        print("next")
        ends.set()
        thread.join()
        print("last")
    assert printed.tail == "last"
    assert capsys.readouterr().out == ""
