"""Connecting this process to a Ray cluster, and what Ray may print, send and listen on for it.

Follows the API reference of Ray 2.60.
"""

from __future__ import annotations

import logging
import os
import re
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from skillopt.errors import SettingsError

LOCAL = "ray"
"""The address that stands for RAY_ADDRESS, a cluster of this machine, or one for this run alone."""
_ADDRESS = re.compile(r"(?:ray://)?(?P<host>[^\s/]+):(?P<port>\d{1,5})")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m|\\x1b\[[0-9;]*m")
_IDS = ("class_name:", "actor_id:", "pid:", "name:", "namespace:")
"""How the lines of an error of Ray's begin that say nothing to a person."""
REACHING = 10.0
"""Seconds for an address to be reached."""


def import_ray() -> Any:
    """The package, which is not asked to send anything to its makers.

    Raises:
        SettingsError: it is not installed.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ModuleNotFoundError:
        raise SettingsError(
            "workers = 'ray' needs Ray, which is not installed: pip install 'skillopt-ledger[ray]'"
        ) from None
    logging.getLogger("ray").setLevel(logging.ERROR)
    return ray


def connect(ray: Any, address: str) -> None:
    """Connect this process to a cluster, or start one for it.

    Args:
        ray: the package.
        address: :data:`LOCAL`, or `ray://HOST:PORT`.

    Raises:
        SettingsError: there is no cluster at the address.
    """
    named = os.environ.get("RAY_ADDRESS") if address == LOCAL else address
    quiet = {"log_to_driver": False, "logging_level": logging.ERROR, "configure_logging": False}
    _check_listens(named)
    let_print(wanted=False)
    with _signals_kept():
        try:
            if named is None:
                named = "auto" if _has_cluster() else "local"
            if named == "local":
                stay_on_loopback()
                ray.init("local", include_dashboard=False, **quiet)
            else:
                ray.init(named, **quiet)
        except Exception as error:  # noqa: BLE001 - gRPC's, Ray's and the system's own kinds
            let_print(wanted=True)
            raise SettingsError(
                f"no Ray cluster can be had at {_shown(named)}: {said(error)}; check that "
                "it runs (`ray status`) with the versions of Ray and Python that are used here; if "
                "it asks for a token, set RAY_AUTH_MODE=token, and put the token into "
                "RAY_AUTH_TOKEN or ~/.ray/auth_token"
            ) from None


def _shown(named: str | None) -> str:
    return "this machine" if named in (None, "auto", "local") else named


def _check_listens(named: str | None) -> None:
    """Refuse an address at which nothing listens: Ray would try for many minutes.

    Raises:
        SettingsError: nothing listens there.
    """
    address = _ADDRESS.fullmatch(named or "")
    why = address and _refusal(address["host"].strip("[]"), int(address["port"]))
    if why:
        raise SettingsError(
            f"nothing listens at the Ray cluster's address {named}: {why}; check the address "
            "(`workers`, or RAY_ADDRESS), and that the cluster runs (`ray status` on its head)"
        )


def _refusal(host: str, port: int) -> str | None:
    """Why nothing can be reached at an address; None where something listens."""
    try:
        socket.create_connection((host, port), timeout=REACHING).close()
    except (OSError, OverflowError, UnicodeError) as error:
        return getattr(error, "strerror", None) or str(error)
    return None


def _has_cluster() -> bool:
    """A cluster runs on this machine; what Ray remembers of one that has crashed is none."""
    from ray._private.services import canonicalize_bootstrap_address

    address = _ADDRESS.fullmatch(canonicalize_bootstrap_address("auto") or "")
    return address is not None and not _refusal(address["host"].strip("[]"), int(address["port"]))


def let_print(*, wanted: bool) -> None:
    """Whether Ray prints errors of its nodes, with the ends of their logs, on stdout."""
    from ray._private import worker

    worker._worker_logs_enabled = wanted  # noqa: SLF001


def stay_on_loopback() -> None:
    """A cluster for one run listens on 127.0.0.1 alone, as Ray has it on macOS and Windows."""
    from ray._private import ray_constants

    os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"  # its processes read it as they start
    ray_constants.ENABLE_RAY_CLUSTER = False


@contextmanager
def _signals_kept() -> Iterator[None]:
    """Ray sets a handler of SIGTERM that would end the run without its last words."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        if before is not None:  # it was set by Python
            signal.signal(signal.SIGTERM, before)


def said(error: BaseException) -> str:
    """What an error of Ray's says, without its ids, and of a traceback the end alone."""
    lines = [line.strip() for line in _COLOUR.sub("", str(error)).splitlines() if line.strip()]
    if any(line.startswith(("Traceback ", 'File "')) for line in lines):
        lines = lines[-1:]
    told = [line for line in lines if not line.startswith(_IDS)]
    return " ".join(told)[:500] or type(error).__name__
