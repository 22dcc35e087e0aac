"""Connecting to a cluster: what is refused before Ray is asked."""

from __future__ import annotations

import pytest

from skillopt.adapters.cluster.connection import said

DIED = """The actor died unexpectedly before finishing this task.
\tclass_name: Worker
\tactor_id: 01ab
\tpid: 77
\tip: 10.0.0.7
Worker exit type: SYSTEM_ERROR, out of memory"""
NOT_BUILT = """The actor died because of an error raised in its creation task, ray::Worker
Traceback (most recent call last):
  File "x.py", line 1
ModuleNotFoundError: No module named 'skillopt'"""


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (DIED, f"{DIED.splitlines()[0]} ip: 10.0.0.7 {DIED.splitlines()[-1]}"),
        (NOT_BUILT, "ModuleNotFoundError: No module named 'skillopt'"),
        ("", "ValueError"),
    ],
)
def test_of_what_ray_says_the_reason_is_kept(text: str, kept: str) -> None:
    assert said(ValueError(text)) == kept
