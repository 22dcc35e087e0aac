"""Command lines that do harm where an agent runs them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from skillopt.core.content.finding import Hit, shown
from skillopt.core.content.reading import plain_letters
from skillopt.core.content.rules import found_by, rule

_CONTINUED = re.compile(
    r"[ \t]{0,9}[\\`^]\n[ \t]*|(?<=\|)[ \t]{0,9}\n[ \t]*(?![ \t|])"
    r"|\n[ \t]*(?=\|[^|\n]*$)",
    re.MULTILINE,
)
"""A line end inside a command. A table's row begins with a bar, too, but has another one."""

_FETCHES = (
    "curl",
    "wget",
    "aria2c",
    "iwr",
    "irm",
    "invoke-webrequest",
    "invoke-restmethod",
    "lynx",
)
_FETCH = rf"\b(?:{'|'.join(_FETCHES)})\b"
_RUN = (
    r"(?:exec\s{1,3})?(?:sudo\s{1,3}(?:-\w{1,8}\s{1,3}){0,3})?(?:/\w{1,10}/(?:\w{1,10}/)?)?(?:env\s{1,3})?"
    r"(?:(?:ba|z|da|k|fi|c|tc|a)?sh|python[\d.]{0,5}|perl|ruby|node|php|pwsh|powershell|iex|"
    r"invoke-expression|source|eval|xargs)\b"
)
_INTO = r"[|>](?:(?<=\|)&?|(?<=>)\()\s{0,4}"
"""A pipe, or a process substitution that is written to: one step for each other character."""
_DECODERS = ("base64", "base32", "xxd", "openssl", "rot13", "gunzip", "printf", "echo")
_LOADERS = ("b64decode", "fromhex", "atob", "decompress", "urlopen", "requests.get",
            "frombase64string", "downloadstring")  # fmt: skip
_PRIVATE = ("printenv", "env ", ".ssh", ".aws", "/etc/passwd", "/etc/shadow", ".env", "id_rsa")
_STARTUP = (".bashrc", ".zshrc", ".profile", ".bash_profile", "authorized_keys", "/etc/passwd",
            "/etc/sudoers", "/etc/cron")  # fmt: skip


def _any(words: tuple[str, ...]) -> str:
    return "(?:" + "|".join(map(re.escape, words)) + ")"


_RULES = (
    rule("a download that is run", _FETCHES, rf"{_FETCH}[^\n]{{0,300}}?{_INTO}{_RUN}"),
    rule(
        "a download that is run",
        _FETCHES,
        rf"(?:(?:{_RUN}[^\n]{{0,40}}?|(?<!\S)\.\s{{1,3}})(?:<\(|\$\()"
        # A backtick after a comma, colon or bracket is Markdown: "In PowerShell, use `curl.exe`".
        rf"|(?:{_RUN}[^\n,:)]{{0,40}}?|(?<!\S)\.\s{{1,3}})`)\s{{0,4}}{_FETCH}",
        r"[^\n)`\"']{0,200}",
    ),
    rule(
        "a download that is run",
        _FETCHES,
        rf"{_FETCH}[^\n]{{0,300}}?[&;](?:(?<=;)|&)\s{{0,4}}(?:chmod\s[^\n]{{0,80}}|{_RUN}|\./)",
    ),
    rule(
        "decoded text that is run",
        _DECODERS,
        rf"\b{_any(_DECODERS)}\b[^\n]{{0,300}}?{_INTO}{_RUN}",
    ),
    rule(
        "loaded text that is run",
        _LOADERS,
        r"\b(?:exec|eval|iex|os\.system|subprocess\.\w{1,20})\b[^\n]{0,100}?",
        _any(_LOADERS),
        r"[^\n)]{0,200}",
    ),
    rule("decoded text that is run", ("-enc",), r"-enc(?:odedcommand)?\s{1,3}[a-z0-9+/=]{16,}"),
    rule(
        "files that are sent away",
        _FETCHES,
        rf"{_FETCH}[^\n]{{0,200}}?(?:--post-file|\s(?:-d|--data(?:-\w{{1,12}})?|-f|--form|-t|",
        r"--upload-file)[\s=]{0,3}[\"']?(?:\w{1,30}=)?[@~/$]",
        r"|\$\(\s{0,3}(?:cat|env|printenv|id|whoami)\b)",
    ),
    rule(
        "files that are sent away",
        _PRIVATE,
        rf"{_any(_PRIVATE)}[^\n]{{0,200}}?\|\s{{0,4}}(?:{_FETCH}|nc\b|ncat\b|base64\b)",
    ),
    rule(
        "a shell for somebody else",
        ("/dev/tcp/", "/dev/udp/", "nc -", "ncat", "netcat", "mkfifo", "socat", "dup2"),
        r"/dev/(?:tcp|udp)/|\b(?:nc|ncat|netcat)\b[^\n]{0,80}?\s-\w{0,6}[ec]\b",
        r"|\bmkfifo\b[^\n]{0,80}?\||\bsocat\b[^\n]{0,80}?\bexec:|\bsocket\b[^\n]{0,200}?\bdup2\b",
    ),
    rule(
        "a command that destroys",
        (
            "rm -",
            "mkfs",
            "of=/dev/",
            ":()",
            "format c:",
            "--force",
            "rmdir /s",
            "remove-item",
            "rmtree",
            *("-delete", "-exec"),
        ),
        r"\brm\s{1,3}(?:-{1,2}[\w-]{1,24}\s{1,3}){1,4}[\"']?(?:/|~|\*|\$\{?(?:home|pwd)\b",
        r"|\.{1,2}/?(?:[\s*\"'`]|$))",
        r"|\bmkfs\b|\bdd\s[^\n]{0,80}?of=/dev/|:\(\)\s{0,3}\{|\bformat\s{1,3}c:|\brmdir /s\b",
        r"|\brmtree\(|\bfind\s[^\n]{0,80}?(?:-delete|-exec\s{1,3}(?:rm|shred))\b|\bremove-item\b[^\n]{0,80}?-recurse|\bgit\s{1,3}push\b[^\n]{0,80}?--force\b(?!-)",
    ),
    rule(
        "a command that stays on the machine",
        _STARTUP,
        rf"(?:>|\b(?:tee|cp|mv|ln|install)\b|\bsed\s{{1,3}}-i)[^\n]{{0,60}}?{_any(_STARTUP)}",
    ),
    rule(
        "a command that stays on the machine",
        ("crontab", "systemctl", "schtasks", "launchctl"),
        r"\bcrontab\s{1,3}-(?!l)|\bsystemctl\s{1,3}enable\b|\bschtasks\s{1,3}/create\b",
        r"|\blaunchctl\s{1,3}load\b",
    ),
    rule(
        "a package from an address",
        ("index-url", "git+http", "--registry", "http", "github:"),
        r"\b(?:pip[\d.]{0,4}|npm|npx|uvx?|gem|cargo)\s[^\n]{0,60}?(?:--(?:extra-)?index-url|git\+https?:",
        r"|--registry[ =]|\bgithub:|\b(?:install|add|i|exec)\s(?:-{1,2}\S{1,30}\s){0,3}https?://)",
        r"[ =]?\S{0,200}",
    ),
)


def commands(text: str) -> Iterator[Hit]:
    """Each command in ``text`` that is looked for."""
    plain = _CONTINUED.sub(" ", plain_letters(text))
    for says, match in found_by(_RULES, plain):
        yield Hit("commands", says, " ".join(match[0].split()), shown(match[0]))
