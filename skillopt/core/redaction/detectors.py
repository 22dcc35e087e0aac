"""The detectors of detect-secrets that know a key by its issuer's prefix.

Of its other detectors some guess (entropy, words like "password" before any value, public
addresses), some find a part of a key or the line around it, and some take the square of the
text's length; :mod:`skillopt.core.redaction.issued` and ``named`` have those forms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module

from skillopt.core.redaction.issued import END, START

_DETECTORS = {
    "aws.AWSKeyDetector": ("AKIA", "ASIA", "ABIA", "ACCA", "A3T"),
    "azure_storage_key.AzureStorageKeyDetector": ("AccountKey=",),
    "github_token.GitHubTokenDetector": ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
    "gitlab_token.GitLabTokenDetector": ("GR1348941", "glpat-", "gldt-", "glft-", "glsoat-",
                                         "glrt-", "glcbt-", "glimt-", "glptt-", "glagent-",
                                         "gloas-"),
    "pypi_token.PypiTokenDetector": ("pypi-Ag",),
    "sendgrid.SendGridDetector": ("SG.",),
    "slack.SlackDetector": ("xox", "hooks.slack.com"),
    "square_oauth.SquareOAuthDetector": ("sq0csp-",),
    "stripe.StripeDetector": ("k_live_",),
}  # fmt: skip
"""Each with what a text must have for it to find anything."""

_SHORTEST_KEY = 16
_START = re.compile(START)
_END = re.compile(END)


def detected(text: str, replacement: str) -> str:
    """``text`` with ``replacement`` for every key that a detector finds standing by itself."""
    for detector, hints in _DETECTORS.items():
        if any(hint in text for hint in hints):
            for pattern in _patterns(detector):
                text = "".join(_pieces(text, pattern, replacement))
    return text


def _pieces(text: str, pattern: re.Pattern[str], replacement: str) -> Iterator[str]:
    done = 0
    for match in pattern.finditer(text):
        start, end = _span(match)
        if _START.match(text, start) and _END.match(text, end):
            yield text[done:start]
            yield replacement
            done = end
    yield text[done:]


def _span(match: re.Match[str]) -> tuple[int, int]:
    """Where the key is: a long group of the pattern, or all that matched."""
    groups = range(1, len(match.groups()) + 1)
    return match.span(next((n for n in groups if len(match[n] or "") >= _SHORTEST_KEY), 0))


@cache
def _patterns(detector: str) -> tuple[re.Pattern[str], ...]:
    module, _, name = detector.partition(".")
    # Late: it brings requests along, and most commands meet no key.
    found = getattr(import_module(f"detect_secrets.plugins.{module}"), name)
    return tuple(found.denylist)
