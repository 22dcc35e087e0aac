"""Values as HTML and Markdown: reports, the web pages, notebooks. Nothing here reads or writes.

Whatever a page shows is foreign: skill texts, answers, replies, ids. Templates escape all of it,
and spell hidden characters (:mod:`skillopt.pages.templating`). A fragment belongs into an element
of the class `skillopt`, which gives it its colours, on a page with :func:`style` or
:func:`parts_style`.
"""

from __future__ import annotations

from skillopt.pages.diffs import diff_html, files_html
from skillopt.pages.styles import parts_style, style
from skillopt.pages.templating import environment, rendered

__all__ = ["diff_html", "environment", "files_html", "parts_style", "rendered", "style"]
