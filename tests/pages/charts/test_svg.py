"""matplotlib's SVG, made fit for a page."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from skillopt.errors import InputError
from skillopt.pages.charts.svg import colour, drawing, svg_of


def drawn(name: str = "x") -> str:
    with drawing(name, 100, 50) as figure:
        axes = figure.add_axes((0, 0, 1, 1))
        axes.plot([0, 1], [0, 1], "o-", color=colour("pass"))
        axes.text(0, 0, "a < b $x$")
        return str(svg_of(figure, name=name, title="A & B", says="says <this>"))


def test_it_is_the_same_each_time_and_has_no_styles_dates_or_names() -> None:
    one = drawn()
    assert one == drawn()
    assert not re.search(r"style|metadata|xmlns|matplotlib|\d{4}-\d\d-\d\d|#0[0-9a-f]ab", one)
    assert 'viewBox="0 0 100 50"' in one


def test_colours_are_variables_of_the_page() -> None:
    assert 'stroke="var(--pass)"' in drawn()


def test_texts_are_escaped_and_stay_texts() -> None:
    one = drawn()
    assert ">a &lt; b $x$</text>" in one
    assert '<title id="x-title">A &amp; B</title><desc id="x-desc">says &lt;this&gt;</desc>' in one


def test_two_pictures_share_no_id() -> None:
    ids = [set(re.findall(r'id="([^"]+)"', drawn(name))) for name in ("x", "y")]
    assert ids[0]
    assert not ids[0] & ids[1]


def test_what_is_referred_to_is_there() -> None:
    one = drawn()
    for name in re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', one):
        assert f'id="{"".join(name)}"' in one


def test_without_matplotlib_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*sys.modules]:
        if name.partition(".")[0] == "matplotlib":
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(InputError, match=r"skillopt-ledger\[report\]"), drawing("x", 1, 1):
        pass


def test_the_module_does_not_load_matplotlib() -> None:
    script = "import sys, skillopt.pages.charts.heat_chart; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
