"""Connecting to a cluster: what is refused before Ray is asked."""

from __future__ import annotations

import socket

import pytest

from skillopt.adapters.cluster.connection import LOCAL, connect, said
from skillopt.errors import SettingsError

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


NOT_IMPORTED = """The actor died, \x1b[36mray::Worker.__init__()\x1b[39m (pid=7, ip=10.0.0.7)
  File "_base.py", line 449, in result
    return self.__get_result()
ModuleNotFoundError: No module named 'skillopt'"""


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (DIED, f"{DIED.splitlines()[0]} ip: 10.0.0.7 {DIED.splitlines()[-1]}"),
        (NOT_BUILT, "ModuleNotFoundError: No module named 'skillopt'"),
        (NOT_IMPORTED, "ModuleNotFoundError: No module named 'skillopt'"),
        ("", "ValueError"),
    ],
)
def test_of_what_ray_says_the_reason_is_kept(text: str, kept: str) -> None:
    assert said(ValueError(text)) == kept


def free_port() -> int:
    """A port of this machine at which nothing listens."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


@pytest.mark.parametrize("form", ["ray://127.0.0.1:{}", "127.0.0.1:{}", "localhost:{}"])
def test_an_address_at_which_nothing_listens_is_refused_at_once(
    form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = form.format(free_port())
    monkeypatch.setenv("RAY_ADDRESS", address)
    with pytest.raises(SettingsError, match=rf"nothing listens at .* {address}: Connection ref"):
        connect(None, address if "//" in address else LOCAL)


def test_a_port_that_cannot_be_is_refused_likewise() -> None:
    with pytest.raises(SettingsError, match=r"nothing listens at .*127\.0\.0\.1:99999"):
        connect(None, "ray://127.0.0.1:99999")


class RefusingRay:
    """The package's part that connects, where the cluster refuses."""

    def init(self, address: str, **_: object) -> None:
        raise RuntimeError(f"Version mismatch: {address} has Ray 1.0")


def test_what_a_cluster_refuses_with_is_said_with_what_to_check(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("ray")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"127.0.0.1:{listening.getsockname()[1]}"
        monkeypatch.setenv("RAY_ADDRESS", address)
        with pytest.raises(SettingsError) as caught:
            connect(RefusingRay(), LOCAL)
    said = str(caught.value)
    assert f"can be had at {address}: Version mismatch: {address} has Ray 1.0; check" in said
    assert "RAY_AUTH_MODE=token" in said
