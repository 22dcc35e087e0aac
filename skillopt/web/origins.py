"""Which requests may be looked at: the host that they name, and the page that they come from."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

LOOPBACK = "127.0.0.1"
_EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared with, not listened on


@dataclass(frozen=True)
class Hosts:
    """The names under which the server may be asked.

    A page of a stranger whose name leads here (DNS rebinding) asks under that name. So names count
    that are this machine's own, and addresses, which no name server can turn.
    """

    names: frozenset[str]
    """Lower case, without ports."""
    addresses: bool = False
    """Any address may be named: the server listens on more than loopback."""

    @classmethod
    def of(cls, listening: str, *, machine: tuple[str, ...] = ()) -> Hosts:
        """The names of a server.

        Args:
            listening: the address or name it listens on.
            machine: names of this machine, which count where it listens on all addresses.
        """
        names = {"localhost", listening.lower(), *map(str.lower, machine)}
        return cls(frozenset(names), addresses=not is_loopback(listening))

    def has(self, host: str | None) -> bool:
        """Whether a request may name this host, with or without a port."""
        name = _host_of(f"http://{host}") if host else None
        if name is None:
            return False
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return name in self.names
        return address.is_loopback or self.addresses


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server on this address."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_everywhere(host: str) -> bool:
    """Whether it stands for all addresses of the machine."""
    return host in _EVERYWHERE


def may_read(headers: Mapping[str, str]) -> bool:
    """Whether a page of this server asks, or a person who follows a link or types an address.

    `same-site` is no better than `cross-site`: sites have no ports, and another port may be a
    stranger's.
    """
    site = headers.get("sec-fetch-site", "none")
    if site in {"none", "same-origin"}:
        return True
    return headers.get("sec-fetch-mode") == "navigate" and (
        headers.get("sec-fetch-dest") == "document"
    )


def may_write(headers: Mapping[str, str]) -> bool:
    """Whether a form of this server's own pages is sent; browsers say so in one header or both."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is None and origin is None:
        return False
    if site not in {None, "same-origin"}:
        return False
    return origin is None or _is_own(origin, headers.get("host", ""))


def _is_own(origin: str, host: str) -> bool:
    return origin.lower() in {f"http://{host}".lower(), f"https://{host}".lower()}


def _host_of(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # which raises where it is no number
    except ValueError:
        return None
    odd = parts.path or parts.query or parts.fragment or "@" in parts.netloc
    return None if odd else parts.hostname
