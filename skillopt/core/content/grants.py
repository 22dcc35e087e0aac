"""Grants: what widens the rights of the agent that follows the skill."""

from __future__ import annotations

import re
from collections.abc import Iterator

from skillopt.core.content.finding import Hit, shown
from skillopt.core.content.reading import plain_letters, prose

_SETTINGS = re.compile(
    r"""
    \b(?:dis)?allowed[-_ ]?tools\b | \bpermission[-_]?mode\b | \bbypass[-_]?permissions\b
  | ["']?\bpermissions["']?\s{0,3}: | ["'](?:allow|autoapprove|alwaysallow)["']\s{0,3}:\s{0,3}[\[t]
  | --(?:dangerously-[\w-]{1,40}|yolo|no-sandbox|privileged|allow-all[\w-]{0,30}|full-auto
      |trust-all[\w-]{0,20}|no-verify|insecure)\b
  | \bdangerously(?:disable|skip|allow)\w{1,40} | \b(?:bash|shell|write|edit|webfetch)\(\*[^)\n]{0,80}\)
  | \bauto[-_ ]?(?:approve|accept)\b | \btrust_remote_code\b | \bnopasswd\b | \bchmod\s{1,3}(?:-R\s)?0?777\b
  | \bsudo\s | \bset-executionpolicy\b | \bmcp[-_]?servers?["']?\s{0,3}[:=] | \bhooks["']?\s{0,3}:\s{0,3}[\[{]
    """,
    re.VERBOSE | re.IGNORECASE,
)
_WORDS = re.compile(
    r"""
    \b(?:without|no\ need\ (?:for|to\ ask\ for)|never\ ask\ for|(?:do\ not|don't|never)\ (?:ask|wait)
       \ (?:\w{1,12}\ ){0,3}for|skip|bypass)
      \ (?:\w{1,12}\ ){0,3}(?:permission|confirmation|approval|consent|authori[sz]ation)s?\b
  | \bwithout\ (?:asking|confirming|checking)\ (?:\w{1,12}\ ){0,2}(?:user|human|person|owner|first)\b
  | \byou\ (?:now\ |also\ )?(?:have|are\ given|are\ granted)\ (?:\w{1,12}\ ){0,3}
      (?:permission|access|rights|privileges|authority)\b
  | \byou\ (?:may|can|are\ allowed\ to)\ (?:use|run|call|execute)\ (?:any|all|every)\ (?:\w{1,12}\ ){0,2}
      (?:tools?|commands?|scripts?|programs?)\b
  | \b(?:run|execute)\ (?:any|all|every|arbitrary|whatever)\ (?:\w{1,12}\ ){0,2}(?:commands?|code|scripts?)\b
  | \b(?:as|with)\ (?:root|administrator|admin)\ (?:rights|privileges|access)\b
  | \b(?:disable|turn\ off|deactivate|remove)\ (?:\w{1,12}\ ){0,3}(?:sandbox|guardrails?|safety|safeguards?
      |firewall|antivirus|security\ checks?|permission\ checks?)\b
    """,
    re.VERBOSE,
)


def grants(text: str) -> Iterator[Hit]:
    """Each grant in ``text``: settings by the line that they stand on, then sentences."""
    for line in plain_letters(text).split("\n"):
        found = _SETTINGS.search(line)
        if found:
            said = " ".join(line.split())
            yield Hit("grants", "a setting that widens rights", said, shown(said))
    for match in _WORDS.finditer(prose(text)[0]):
        yield Hit("grants", "words that widen rights", match[0], shown(match[0]))
