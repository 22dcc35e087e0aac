"""A report as one HTML file: no scripts, no network, its pictures and styles inside."""

from __future__ import annotations

from markupsafe import Markup

from skillopt.core.report.values import Report
from skillopt.pages.charts.drawings import path_chart, sealed_chart, spend_chart
from skillopt.pages.charts.heat_chart import GROUPS, heat_chart
from skillopt.pages.diffs import files_html
from skillopt.pages.styles import style, style_source
from skillopt.pages.templating import rendered

MOST_OPEN = 12
"""Proposals up to which all are unfolded; of more, the accepted ones."""


def report_html(report: Report) -> str:
    """The whole page.

    Raises:
        InputError: matplotlib is not installed.
    """
    sealed = report.sealed
    few = len(report.proposals) <= MOST_OPEN
    return rendered(
        "report.html",
        report=report,
        style=style(),
        style_source=style_source(),
        sealed_chart=sealed_chart(sealed) if sealed and sealed.tasks else None,
        path_chart=path_chart(report.path),
        heat_chart=heat_chart(report.heat) if report.heat else None,
        spend_chart=spend_chart(report.spend),
        groups=GROUPS,
        diffs={one.number: Markup(files_html(one.files)) for one in report.proposals if one.files},  # noqa: S704 - of a template
        opened={one.number for one in report.proposals if few or one.outcome == "accepted"},
    )
