"""Command lines that do harm where an agent runs them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from skillopt.core.content.finding import Hit, shown
from skillopt.core.content.reading import plain_letters

_CONTINUED = re.compile(r"[ \t]*(?:\\|`|\^)\n[ \t]*|(?<=\|)[ \t]*\n[ \t]*|\n[ \t]*(?=\|[^|\s-])")
"""A line end inside a command. A table's row begins with a bar, too, but ends with one."""

_FETCH = r"\b(?:curl|wget|aria2c|fetch|iwr|irm|invoke-webrequest|invoke-restmethod|httpie|lynx)\b"
_RUNNER = (
    r"(?:sudo\s{1,3}(?:-\w{1,8}\s{1,3}){0,3})?(?:/\w{1,10}/(?:\w{1,10}/)?)?(?:env\s{1,3})?"
    r"(?:(?:ba|z|da|k|fi|c|tc|a)?sh|python[\d.]{0,5}|perl|ruby|node|php|pwsh|powershell|iex|"
    r"invoke-expression|source|eval|xargs)\b"
)
_RULES = (
    ("a download that is run", rf"{_FETCH}[^\n]{{0,400}}?\|\s{{0,4}}{_RUNNER}"),
    ("a download that is run", rf"{_RUNNER}[^\n]{{0,40}}?(?:<\(|\$\(|`)\s{{0,4}}{_FETCH}"),
    ("a download that is run", rf"\biex\b[^\n]{{0,80}}?(?:downloadstring|{_FETCH})"),
    ("a download that is run",
     rf"{_FETCH}[^\n]{{0,400}}?(?:&&|;)\s{{0,4}}(?:chmod\s[^\n]{{0,80}}|{_RUNNER}|\./)"),
    ("decoded text that is run",
     rf"(?:base64|base32|xxd|openssl\s{{1,3}}enc|rot13|gunzip|printf|echo)\b[^\n]{{0,400}}?\|"
     rf"\s{{0,4}}{_RUNNER}"),
    ("decoded text that is run",
     r"\b(?:exec|eval|os\.system|subprocess\.\w{1,20})\s{0,3}\([^\n]{0,80}?"
     r"(?:b64decode|fromhex|atob|decompress|urlopen|requests\.get|frombase64string)"),
    ("decoded text that is run", r"-enc(?:odedcommand)?\s{1,3}[a-z0-9+/=]{16,}"),
    ("files that are sent away",
     rf"{_FETCH}[^\n]{{0,200}}?(?:\s(?:-d|--data(?:-\w{{1,12}})?|-f|--form|-t|--upload-file|"
     r"--post-file)[\s=]{0,3}[\"']?(?:\w{1,30}=)?[@~/$]|--post-file)"),
    ("files that are sent away",
     rf"(?:\benv\b|\bprintenv\b|\.ssh/|\.aws/|/etc/passwd|/etc/shadow|\.env\b|id_rsa)[^\n]{{0,200}}?"
     rf"\|\s{{0,4}}(?:{_FETCH}|nc\b|ncat\b|base64\b)"),
    ("files that are sent away", rf"{_FETCH}[^\n]{{0,200}}?\$\(\s{{0,3}}(?:cat|env|printenv|id|whoami)\b"),
    ("a shell for somebody else",
     r"/dev/(?:tcp|udp)/|\b(?:nc|ncat|netcat)\b[^\n]{0,80}?\s-\w{0,6}[ec]\b|\bmkfifo\b[^\n]{0,80}?\|"),
    ("a command that destroys",
     r"\brm\s{1,3}(?:-{1,2}[\w-]{1,24}\s{1,3}){1,4}[\"']?(?:/|~|\*|\$home|\.(?:\s|$))"
     r"|\bmkfs\b|\bdd\s[^\n]{0,80}?of=/dev/|:\(\)\s{0,3}\{|\bformat\s{1,3}c:"
     r"|\bgit\s{1,3}push\b[^\n]{0,80}?--force\b(?!-)"),
    ("a command that stays on the machine",
     r"(?:>>|\btee\b[^\n]{0,40}?)\s{0,3}[\"']?(?:~|\$home)?/?(?:\.bashrc|\.zshrc|\.profile|"
     r"\.bash_profile|\.ssh/authorized_keys|etc/(?:passwd|sudoers|crontab|cron))"
     r"|\bcrontab\s{1,3}-(?!l)|\bsystemctl\s{1,3}enable\b"),
    ("a package from an address", r"\b(?:pip[\d.]{0,4}|npm|npx|uvx?|gem|cargo|go)\s[^\n]{0,60}?"
     r"(?:--(?:extra-)?index-url|git\+https?:|--registry|https?://)"),
)  # fmt: skip
_COMPILED = tuple((rule, re.compile(pattern, re.IGNORECASE)) for rule, pattern in _RULES)
_SIGNS = re.compile(r"[|$`(&;>/]|-enc|--|rm |mkfs|dd ", re.IGNORECASE)
"""One of which every command has that is looked for."""


def commands(text: str) -> Iterator[Hit]:
    """Each command in ``text`` that is looked for."""
    lines = _CONTINUED.sub(" ", plain_letters(text)).split("\n")
    for line in lines:
        if _SIGNS.search(line):
            for rule, pattern in _COMPILED:
                for match in pattern.finditer(line):
                    # The line, not the match: another address in it makes another command.
                    yield Hit("commands", rule, " ".join(line.split()), shown(match[0]))
