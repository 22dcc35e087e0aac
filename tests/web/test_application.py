"""Coming in, and what every answer carries."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.routing import Mount, Route

from skillopt.web.application import routes
from skillopt.web.guard import HEADERS, OPEN
from tests.web.conftest import BASE, Browser, Opening

POSTS = [one for one in routes() if isinstance(one, Route) and "POST" in (one.methods or ())]
GETS = [one for one in routes() if isinstance(one, Route) and "GET" in (one.methods or ())]


@pytest.fixture
def browser(browse: Opening, empty: Path) -> Browser:
    return browse(empty)


def test_the_token_becomes_a_cookie_and_leaves_the_address(browser: Browser) -> None:
    answer = browser.get("/sign-in", params={"token": "right"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/skills"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "right" not in cookie
    assert browser.get("/entries").status_code == 200


@pytest.mark.parametrize("route", GETS, ids=lambda route: route.path)
def test_no_page_is_shown_without_a_session(browser: Browser, route: Route) -> None:
    answer = browser.get(route.path)
    assert answer.status_code == (200 if route.path.startswith(OPEN) else 401)
    assert str(browser.serving.where) not in answer.text


@pytest.mark.parametrize("route", POSTS, ids=lambda route: route.path)
def test_every_form_needs_its_own_page(browser: Browser, route: Route) -> None:
    path = route.path
    form = {"csrf": browser.signed_in().csrf(), "token": "right"}
    assert browser.post(path, data=form).status_code == 403  # no origin at all
    for headers in (
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9"},
        {"origin": BASE, "sec-fetch-site": "cross-site"},
        {"origin": BASE, "sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
    ):
        assert browser.post(path, data=form, headers=headers).status_code == 403, headers
    if path not in OPEN:
        for csrf in ("", "wrong"):
            sent = browser.post(path, data={"csrf": csrf}, headers={"origin": BASE})
            assert sent.status_code == 403


@pytest.mark.parametrize("route", routes(), ids=lambda route: route.path)
def test_a_route_reads_or_writes(route: Route | Mount) -> None:
    """One that does both would let a link do what takes a form."""
    methods = {"GET"} if isinstance(route, Mount) else (route.methods or set()) - {"HEAD"}
    assert methods in ({"GET"}, {"POST"})


def test_every_answer_carries_the_headers(browser: Browser) -> None:
    paths = ("/sign-in", "/entries", "/none", "/static/style.css")
    for answer in (*map(browser.get, paths), *map(browser.signed_in().get, paths)):
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


def test_a_foreign_host_is_refused(browser: Browser) -> None:
    browser.signed_in()
    for host in (
        "evil.example",
        "evil.example:8017",
        "127.0.0.1.evil.example",
        "192.168.0.9",
        "a@b",
    ):
        answer = browser.get("/entries", headers={"host": host})
        assert answer.status_code == 421
        assert "Proposals" not in answer.text
    for host in ("127.0.0.1:9000", "localhost", "[::1]:8017", "LOCALHOST:1"):
        assert browser.get("/entries", headers={"host": host}).status_code != 421


def test_other_sites_cannot_load_pages(browser: Browser) -> None:
    browser.signed_in()
    fetched = {
        "sec-fetch-site": "same-site",
        "sec-fetch-mode": "no-cors",
        "sec-fetch-dest": "script",
    }
    assert browser.get("/entries", headers=fetched).status_code == 403
    framed = {
        "sec-fetch-site": "cross-site",
        "sec-fetch-mode": "navigate",
        "sec-fetch-dest": "iframe",
    }
    assert browser.get("/entries", headers=framed).status_code == 403
    followed = {**framed, "sec-fetch-dest": "document"}
    assert browser.get("/entries", headers=followed).status_code == 200


def test_wrong_tokens_are_counted(browser: Browser) -> None:
    for _ in range(10):
        assert browser.get("/sign-in", params={"token": "wrong"}).status_code == 401
    answer = browser.get("/sign-in", params={"token": "right"})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) == 60
    browser.serving.access.clock.now += 61  # type: ignore[attr-defined]
    browser.signed_in()


def test_signing_out_ends_the_session(browser: Browser) -> None:
    cookies = dict(browser.signed_in().cookies)
    assert browser.submit("/sign-out").status_code == 303
    browser.cookies.update(cookies)
    assert browser.get("/entries").status_code == 401


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_refused(browser: Browser, method: str) -> None:
    assert browser.signed_in().request(method, "/entries").status_code == 405


def test_large_requests_are_refused(browser: Browser) -> None:
    browser.signed_in()
    assert browser.get("/entries?" + "a" * 9_000).status_code == 414
    assert browser.submit("/sign-out", text="a" * 2_000_001).status_code == 413
    lied = {
        "origin": BASE,
        "content-length": "12",
        "content-type": "application/x-www-form-urlencoded",
    }
    pieces = (b"a" * 500_000 for _ in range(5))
    assert browser.post("/sign-out", content=pieces, headers=lied).status_code == 413
    other = {"origin": BASE, "content-type": "multipart/form-data; boundary=x"}
    assert browser.post("/sign-out", content=b"--x", headers=other).status_code == 415
    for garbled in (b"a=%ff", b"a=\xff", b"a=%00", b"&".join([b"a=1"] * 300)):
        answer = browser.post(
            "/sign-out", content=garbled, headers={**other, "content-type": lied["content-type"]}
        )
        assert answer.status_code == 400, garbled


def test_an_error_shows_no_traceback(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fails(*_given: object, **_more: object) -> None:
        raise ZeroDivisionError("a secret of the program")

    browser.signed_in()
    monkeypatch.setattr("skillopt.adapters.ledger.SqlLedger.list_rounds", fails)
    answer = browser.get("/entries")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "ZeroDivisionError" not in answer.text
    assert "a secret of the program" in caplog.text
