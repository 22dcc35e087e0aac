"""The content policy: kinds of content, and what happens to a proposal that adds one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from pydantic import Field, field_validator

from skillopt.core.value import Value, is_empty

Kind = Literal[
    "characters",
    "look_alikes",
    "locks",
    "urls",
    "commands",
    "grants",
    "encoded",
    "secrets",
    "overrides",
    "hidden_text",
    "deletions",
    "erosion",
]
Action = Literal["refuse", "hold", "warn", "allow"]
"""`refuse`: it does not get in. `hold`: it does not get in by itself; a person may apply it.
`warn`: it may get in, and the round, the report and the run say so. `allow`: not looked for."""

KINDS: tuple[Kind, ...] = get_args(Kind)

DEFAULTS: dict[Kind, Action] = {
    "characters": "refuse",
    "look_alikes": "refuse",
    "locks": "refuse",
    "urls": "hold",
    "commands": "refuse",
    "grants": "hold",
    "encoded": "refuse",
    "secrets": "refuse",
    "overrides": "refuse",
    "hidden_text": "hold",
    "deletions": "hold",
    "erosion": "warn",
}
"""What happens where the settings say nothing."""


class ContentPolicy(Value):
    """What happens to a proposal, by the kind of content that it adds."""

    actions: dict[Kind, Action] = Field(default_factory=dict, exclude_if=is_empty)
    """Those that differ from :data:`DEFAULTS`."""
    hosts: tuple[str, ...] = Field(default=(), exclude_if=is_empty)
    """Hosts that edits may name, with their subdomains, in lower case."""

    @field_validator("actions")
    @classmethod
    def _without_defaults(cls, actions: dict[Kind, Action]) -> dict[Kind, Action]:
        """One spelling of a policy: two that decide alike are equal."""
        return {kind: actions[kind] for kind in KINDS if actions.get(kind, DEFAULTS[kind])
                != DEFAULTS[kind]}  # fmt: skip

    @field_validator("hosts")
    @classmethod
    def _in_lower_case(cls, hosts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted({host.lower().strip(".") for host in hosts}))

    def action(self, kind: Kind) -> Action:
        """What happens to a proposal that adds content of ``kind``."""
        return self.actions.get(kind, DEFAULTS[kind])

    def changed(self, actions: Mapping[Kind, Action]) -> ContentPolicy:
        """The same with other ``actions`` for some kinds."""
        return ContentPolicy(actions={**self.actions, **actions}, hosts=self.hosts)

    def for_person(self) -> ContentPolicy:
        """The policy for what a person applies on purpose: what was held becomes a warning."""
        held: dict[Kind, Action] = {kind: "warn" for kind in KINDS if self.action(kind) == "hold"}
        return self.changed(held)

    def for_warnings(self) -> ContentPolicy:
        """The policy for what a person has written: nothing is refused, all is said."""
        said: dict[Kind, Action] = {kind: "warn" for kind in KINDS if self.action(kind) != "allow"}
        return self.changed(said)

    def for_deletions(self) -> ContentPolicy:
        """The policy for proposals whose purpose is to delete or to rewrite."""
        return self.changed({"deletions": "allow", "erosion": "allow"})
