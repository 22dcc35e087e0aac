"""Tasks by versions, as a picture."""

from __future__ import annotations

import re

from skillopt.core.report.values import HeatMap, HeatRow, HeatVersion
from skillopt.pages.charts.heat_chart import heat_chart
from tests.pages.hostile import HOSTILE


def a_map(cells: str, tasks: int = 3) -> HeatMap:
    versions = [HeatVersion(version="a", number=None, outcome=None)]
    versions += [
        HeatVersion(version=str(at), number=at, outcome="rejected") for at in range(1, len(cells))
    ]
    rows = [HeatRow(task=f"{HOSTILE}{at}", group="failing", cells=cells) for at in range(tasks)]
    return HeatMap(versions=tuple(versions), rows=tuple(rows))


def widths(svg: str) -> set[str]:
    """Of all lines: a cell's height."""
    return set(re.findall(r'stroke-width="([\d.]+)"', svg))


def test_each_kind_of_cell_has_a_height_of_its_own() -> None:
    drawn = {kind: widths(heat_chart(a_map(kind))) for kind in "PHF?."}
    legend = set.intersection(*drawn.values())
    heights = [frozenset(found - legend) for found in drawn.values()]
    assert len(set(heights)) >= 4


def test_no_foreign_text_is_in_the_picture() -> None:
    assert "alert" not in heat_chart(a_map("PF"))


def test_a_large_map_is_small() -> None:
    assert len(heat_chart(a_map("PF" * 50, tasks=1000))) < 20_000


def test_what_it_shows_is_said() -> None:
    assert "3 validation tasks by 2 versions: 3 not passed" in heat_chart(a_map("FF"))
