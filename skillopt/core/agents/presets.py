"""The agents that skillopt knows by name.

docs/agent-clis.md says which version of which document each follows.
"""

from __future__ import annotations

import difflib

from pydantic import Field

from skillopt.core.agents.form import AgentForm


class Preset(AgentForm):
    """An agent that is known by name."""

    key_names: tuple[str, ...] = Field(default=(), exclude=True)
    """Environment variables that it reads a key from; they are passed only where the user says."""
    install: str = Field(default="", exclude=True)
    """How it is installed."""


PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset(
            name="claude-code",
            command=(
                *("claude", "-p", "--output-format", "stream-json", "--verbose"),
                *("--permission-mode", "acceptEdits", "--setting-sources", "project"),
                *("--strict-mcp-config", "--no-session-persistence"),
            ),
            skills=".claude/skills",
            prompt="stdin",
            answer="claude-code",
            model=("--model", "{model}"),
            version=("claude", "--version"),
            env={"DISABLE_AUTOUPDATER": "1"},
            key_names=("ANTHROPIC_API_KEY", "CLAUDE_CODE_OAUTH_TOKEN"),
            install="npm install -g @anthropic-ai/claude-code",
        ),
        Preset(
            name="codex",
            command=(
                *("codex", "exec", "--json", "--ephemeral", "--skip-git-repo-check"),
                *("--sandbox", "workspace-write", "{args}", "-"),
            ),
            skills=".agents/skills",
            prompt="stdin",
            answer="codex",
            model=("--model", "{model}"),
            version=("codex", "--version"),
            key_names=("CODEX_API_KEY", "OPENAI_API_KEY"),
            install="npm install -g @openai/codex",
        ),
        Preset(
            name="copilot",
            command=(
                *("copilot", "--output-format=json", "--allow-all-tools", "--no-ask-user"),
                *("--no-auto-update", "--no-color", "{args}", "--prompt={prompt}"),
            ),
            skills=".github/skills",
            prompt="argument",
            answer="copilot",
            model=("--model={model}",),
            version=("copilot", "--version"),
            key_names=("COPILOT_GITHUB_TOKEN", "GH_TOKEN", "GITHUB_TOKEN"),
            install="npm install -g @github/copilot",
        ),
        Preset(
            name="opencode",
            command=("opencode", "run", "--format", "json", "--auto"),
            skills=".opencode/skills",
            prompt="stdin",
            answer="opencode",
            model=("--model", "{model}"),
            version=("opencode", "--version"),
            env={"OPENCODE_DISABLE_AUTOUPDATE": "1"},
            key_names=("ANTHROPIC_API_KEY", "OPENAI_API_KEY"),
            install="npm install -g opencode-ai",
        ),
        Preset(
            name="gemini",
            command=(
                *("gemini", "--output-format", "stream-json", "--approval-mode", "yolo"),
                *("{args}", "--prompt={prompt}"),
            ),
            skills=".gemini/skills",
            prompt="argument",
            answer="gemini",
            model=("--model", "{model}"),
            version=("gemini", "--version"),
            env={"GEMINI_CLI_TRUST_WORKSPACE": "true"},
            key_names=("GEMINI_API_KEY", "GOOGLE_API_KEY"),
            install="npm install -g @google/gemini-cli",
        ),
    )
}


def preset(name: str) -> Preset:
    """The agent of that name.

    Raises:
        ValueError: there is none.
    """
    if name in PRESETS:
        return PRESETS[name]
    near = difflib.get_close_matches(name, PRESETS, n=1)
    known = f"did you mean {near[0]!r}?" if near else f"there is {', '.join(PRESETS)}"
    raise ValueError(
        f"unknown agent {name[:80]!r}; {known} Any other command is a mapping in a settings file "
        "with `command`; docs/agent-clis.md shows how"
    )
