"""The gate's word in lines for a person."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

from skillopt.cli.output import local_time

if TYPE_CHECKING:
    from skillopt.app.single_edit import GatedEdit


def _told_known(gated: GatedEdit) -> list[str]:
    if gated.known_since is None:
        return []
    when = local_time(datetime.fromtimestamp(gated.known_since, tz=timezone.utc))  # noqa: UP017
    return [f"already tested on {when} with the same tasks and settings; nothing was run"]


def told_gated(gated: GatedEdit) -> list[str]:
    """Verdict, numbers, warnings and what was spent."""
    from skillopt.cli.output import shown_usage
    from skillopt.cli.verdicts import told_content, told_leaks, told_numbers

    judged = " (judged by the target itself)" if gated.self_judged else ""
    written = [gated.written.note] if gated.written else []
    return [
        f"{gated.outcome.value}: {gated.verdict.reason}{judged}",
        *told_numbers(gated.verdict),
        *told_leaks(gated.leaks),
        *told_content(gated.content),
        *_told_known(gated),
        f"run {gated.run}, spent {shown_usage(gated.usage)}",
        *written,
    ]
