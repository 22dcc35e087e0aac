"""Names of strangers, and pages of strangers."""

from __future__ import annotations

import pytest

from skillopt.web.origins import Hosts, is_loopback, may_write


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.1.2.3", "LOCALHOST"])
def test_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "example.com", "", "127.0.0.1.x"])
def test_not_loopback(host: str) -> None:
    assert not is_loopback(host)


def test_a_name_that_leads_here_is_a_strangers() -> None:
    everywhere = Hosts.of("0.0.0.0", machine=("Box", "box.example"))
    for host in ("box:80", "BOX.EXAMPLE", "192.168.1.7:8017", "[fe80::1]:1", "localhost"):
        assert everywhere.has(host)
    for host in ("evil.example", "box.example.evil", "", None, "a b", "x@box", "box/evil", "box:x"):
        assert not everywhere.has(host)
    assert not Hosts.of("127.0.0.1").has("192.168.1.7")
    assert Hosts.of("box.example").has("box.example:8017")


def test_a_browser_says_where_a_form_was() -> None:
    host = {"host": "127.0.0.1:8017"}
    assert may_write({**host, "origin": "http://127.0.0.1:8017"})
    assert may_write({**host, "sec-fetch-site": "same-origin"})
    assert not may_write(host)
    assert not may_write(
        {**host, "origin": "http://127.0.0.1:8018", "sec-fetch-site": "same-origin"}
    )
