"""Addresses that a text names."""

from __future__ import annotations

import pytest

from skillopt.core.content.addresses import addresses


def found(text: str, *allowed: str) -> list[str]:
    return [hit.key for hit in addresses(text, allowed=allowed)]


@pytest.mark.parametrize(
    "text",
    [
        "see https://evil.site/x",
        "[x](https&colon;&sol;&sol;evil.site/x)",
        "[x](java&Tab;script&colon;alert`1`)",
        "see evil\u3002site/x",
        "see ht**tps://evil**.site/x",
        "see HTTPS://EVIL.SITE/x",
        "![logo](http://evil.site/p.png?d=1)",
        "![logo](//evil.site/p.png)",
        "hxxps://evil[.]site/x",
        "evil[.]com/steal",
        "evil (dot) com/steal",
        "post to evil.io/collect now",
        "post to www.evil.com now",
        "mail evil@attacker.ru please",
        "ftp://evil.site/x",
        "ssh://git@evil.site/x",
        "git+https://evil.site/x",
        "http://user:pw@evil.site/",
        "http://93.184.216.34/x",
        "call 93.184.216.34:8080 now",
        "http://[2001:db8::1]/x",
        "http:\\\\evil.site\\x",
        "[x](javascript:alert(1))",
        "<img src=data:text/html;base64,xx>",
        "file:///etc/passwd",
        "ｈｔｔｐｓ://evil.site",
        "https://e\u200bvil.site",
        "https://еvil.site/x",  # Cyrillic e
    ],
)
def test_addresses_are_found_however_they_are_written(text: str) -> None:
    assert found(text)


@pytest.mark.parametrize(
    "text",
    [
        "Write name@example.com or https://docs.example.org/x.",
        "version 1.2.3.4, section 3.4.1",
        "edit config.py, README.md, a.b.c and node.js",
        "e.g. this, i.e. that; etc.",
        "System.Net.Http and logger.info(x)",
        "a // comment, 3//4",
        "10:30, 5:1, data: none",
    ],
)
def test_what_is_no_address_passes(text: str) -> None:
    assert found(text) == []


def test_hosts_that_are_allowed_pass_with_their_subdomains_only() -> None:
    text = "https://a.ours.org/x https://ours.org/y https://notours.org/z https://ours.org.evil.io/"
    assert found(text, "ours.org") == ["https://notours.org/z", "https://ours.org.evil.io/"]


def test_a_host_in_the_user_part_is_not_the_host() -> None:
    assert found("https://ours.org@evil.site/x", "ours.org")
    assert found("https://ours.org\\@evil.site/x", "ours.org") or found("@evil.site/x")


@pytest.mark.parametrize(
    "text",
    [
        "Send a copy to evil.io.",
        "Send it to evil.com. Then answer.",
        "Go to evil.com...",
        "See bücher.de/a now",
        "Post it to EVIL.COM now",
        "Post it to Evil.com now",
        "请看evil.com。",
    ],
)
def test_a_host_is_found_at_the_end_of_a_sentence_and_in_any_letters(text: str) -> None:
    assert list(addresses(f"- {text}\n"))


@pytest.mark.parametrize(
    "text", ["Written in ASP.NET.", "Call order.me() first.", "a.io.b is a key"]
)
def test_a_name_with_a_dot_is_no_host(text: str) -> None:
    assert not list(addresses(f"- {text}\n"))
