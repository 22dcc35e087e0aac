"""Grants: what widens the rights of the agent that follows the skill."""

from __future__ import annotations

import re
from collections.abc import Iterator

from skillopt.core.content.finding import Hit, shown
from skillopt.core.content.reading import plain_letters, prose
from skillopt.core.content.rules import found_by, line_of, rule

_SETTING = "a setting that widens rights"
_WORDS = "words that widen rights"

_SETTINGS = (
    rule(
        _SETTING,
        ("tools",),
        r"\b(?:dis)?allowed[-_ ]?tools\b|\btools[\"']?\s{0,3}:\s{0,3}\[?[\"']?\*",
    ),
    rule(_SETTING, ("allow",), r"\ballow\s{0,3}:\s{0,3}(?:\[|-|bash|shell|write|edit|\*)"),
    rule(
        _SETTING,
        ("permission",),
        r"\bpermission[-_ ]?mode\b|\bbypass[-_]?permissions\b|[\"']?\bpermissions[\"']?\s{0,3}:",
    ),
    rule(
        _SETTING,
        ('allow"', "allow'", 'approve"', "approve'"),
        r"[\"'](?:allow|autoapprove|alwaysallow)[\"']\s{0,3}:\s{0,3}[\[t]",
    ),
    rule(
        _SETTING,
        ("--",),
        r"--(?:dangerously-[\w-]{1,40}|yolo|no-sandbox|privileged|allow-all[\w-]{0,30}|full-auto",
        r"|trust-all[\w-]{0,20}|no-verify|no-check-certificate|insecure)\b",
    ),
    rule(_SETTING, ("curl",), r"\bcurl\s(?:[^\n|]{0,80}?\s)?-[a-z]{0,4}k[a-z]{0,4}(?=\s)"),
    rule(_SETTING, ("dangerously",), r"\bdangerously(?:disable|skip|allow)\w{1,40}"),
    rule(_SETTING, ("(*",), r"\b(?:bash|shell|write|edit|webfetch)\(\*[^)\n]{0,80}\)"),
    rule(
        _SETTING,
        ("auto",),
        r"\bauto[-_ ]?(?:approve|accept)\b",
    ),
    rule(
        _SETTING,
        ("trust_remote", "nopasswd", "777", "sudo ", "executionpolicy"),
        r"\btrust_remote_code\b|\bnopasswd\b|\bchmod\s{1,3}(?:-r\s)?0?777\b|\bsudo\s",
        r"|\bset-executionpolicy\b",
    ),
    rule(
        _SETTING,
        ("mcp", "hooks"),
        r"\bmcp[-_]?servers?[\"']?\s{0,3}[:=]|\bhooks[\"']?\s{0,3}:\s{0,3}[\[{]",
    ),
)
_SENTENCES = (
    rule(
        _WORDS,
        ("approv", "permission", "confirm", "yourself", "bother"),
        r"\bno (?:\w{1,12} ){0,2}(?:permission|confirmation|approval|consent)s? (?:is|are)",
        r" (?:needed|required|necessary)\b|\b(?:grant|give) yourself\b",
        r"|\b(?:approve|confirm|accept) (?:every|all|any) (?:tool|command|permission)\w{0,2}\b",
        r"|\b(?:do not|don't|never) bother (?:the )?(?:user|human|owner)\b",
    ),
    rule(
        _WORDS,
        (" off",),
        r"\bturn (?:\w{1,12} ){0,2}(?:sandbox|guardrails?|safety|safeguards?|firewall) off\b",
    ),
    rule(
        _WORDS,
        ("permission", "confirm", "approv", "consent", "authori"),
        r"\b(?:without|no need (?:for|to ask for)|never ask for|(?:do not|don't|never) (?:ask|",
        r"wait) (?:\w{1,12} ){0,3}for|skip|bypass) (?:(?!written)\w{1,12} ){0,3}",
        r"(?:permission|confirmation|approval|consent|authori[sz]ation)s?\b",
    ),
    rule(
        _WORDS,
        ("without ",),
        r"\bwithout (?:asking|confirming|checking) (?:\w{1,12} ){0,2}",
        r"(?:user|human|person|owner|first)\b",
    ),
    rule(
        _WORDS,
        ("you ",),
        r"\byou (?:now |also )?(?:have|are given|are granted) (?:\w{1,12} ){0,3}",
        r"(?:permission|access|rights|privileges|authority)\b(?! to use the work)",
        r"|\byou (?:may|can|are allowed to) (?:use|run|call|execute) (?:any|all|every)",
        r" (?:\w{1,12} ){0,2}(?:tools?|commands?|scripts?|programs?)\b",
    ),
    rule(
        _WORDS,
        ("command", "code", "script"),
        r"\b(?:run|execute) (?:any|all|every|arbitrary|whatever) (?:\w{1,12} ){0,2}",
        r"(?:commands?|code|scripts?)\b",
    ),
    rule(
        _WORDS,
        ("root", "admin"),
        r"\b(?:as|with) (?:root|administrator|admin) (?:rights|privileges|access)\b",
    ),
    rule(
        _WORDS,
        ("disable", "turn off", "deactivate", "remove"),
        r"\b(?:disable|turn off|deactivate|remove) (?:\w{1,12} ){0,3}(?:sandbox|guardrails?|safety",
        r"|safeguards?|firewall|antivirus|security checks?|permission checks?)\b",
    ),
)

_DENIAL = 80
"""Characters before a sentence's words in which a denial turns them round."""

_DENIED = re.compile(r"\b(?:never|not|no|cannot|can't|don't|mustn't|won't|only)\b")
"""As in "never delete a file without permission"."""
_CLAUSE = re.compile(r"[.;:!?]")


def grants(text: str) -> Iterator[Hit]:
    """Each grant in ``text``: settings, with what they are given on their line, then sentences."""
    plain = plain_letters(text)
    for says, match in found_by(_SETTINGS, plain):
        said, rest = line_of(plain, match), plain[match.end() : match.end() + 3]
        given = match[0][-1] in ":[{t" or rest.lstrip("\"' ")[:1] in tuple(":=[{")
        yield Hit("grants", says, said if given else match[0].lower(), shown(said))
    said_all = prose(text)[0]
    for says, match in found_by(_SENTENCES, said_all):
        before = said_all[max(0, match.start() - _DENIAL) : match.start()]
        if not _DENIED.search(_CLAUSE.split(before)[-1]):
            yield Hit("grants", says, match[0], shown(match[0]))
