"""Who plays each role of a run, and how code that is executed for it is held."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, JsonValue, field_validator

from skillopt.core.agents.form import AgentForm
from skillopt.core.agents.presets import preset
from skillopt.core.value import Value

Loading = Literal["always", "described"]
"""Whether the target always has the skill, or only where its description leads it to load it."""

PRACTICE = {"target": "practice/reader", "optimizer": "practice/mentor", "judge": "practice/judge"}
"""What `--practice` chooses: skillopt's own offline models."""


def names_practice_model(model: str | None) -> bool:
    """Whether a model string names one of skillopt's own offline models."""
    return (model or "").startswith("practice/")


class RoleSettings(Value):
    """The settings of target, optimizer and judge."""

    target: str | None = Field(default=None, description="Model that follows the skill.")
    target_command: str | None = Field(
        default=None,
        description="Command that follows the skill instead: reads a JSON object on standard "
        "input, writes its answer.",
    )
    target_identity: str | None = Field(
        default=None,
        description="Name of the target command and its version in the ledger: change it when its "
        "answers do. By default the command and its files are its identity.",
    )
    target_folder: str | None = Field(
        default=None,
        description="Folder that the target command runs in; by default an empty one of its own "
        "for each rollout.",
    )
    agent: AgentForm | None = Field(
        default=None,
        description="Agent with a command line that follows the skill instead: `claude-code`, "
        "`codex`, `copilot`, `opencode`, `gemini`, or in a settings file any other command.",
    )
    agent_model: str | None = Field(
        default=None, description="Model that the agent uses; by default its own choice."
    )
    agent_args: tuple[str, ...] = Field(
        default=(), description="Further argument of the agent's command."
    )
    keep_workspaces: str | None = Field(
        default=None,
        description="Folder to keep the agent's workspaces in, which are deleted by default.",
    )
    pass_env: tuple[str, ...] = Field(
        default=(),
        description="Environment variable that commands get beside the usual ones, such as "
        "`OPENAI_API_KEY`.",
    )
    max_memory: int = Field(
        default=8192,
        ge=0,
        description="Memory that a process of a command may hold, in megabytes; 0 for no limit.",
    )
    sandbox: bool = Field(
        default=False,
        description="Run command targets, command checks and Python checks with bubblewrap: no "
        "network, a read-only system, no home folder. Linux only.",
    )
    isolate_checks: bool | None = Field(
        default=None,
        description="Run Python checks in a worker process that may crash without harm; by default "
        "only with `sandbox`, and in `skillopt gate` where the variable CI is set.",
    )
    loading: Loading = Field(
        default="always",
        description="`always`: the target has the skill for every task; `described`: only where it "
        "asks for it, from its description (one more call for each rollout).",
    )
    neighbours: str | None = Field(
        default=None,
        description="Folder of other skills, whose descriptions stand beside the skill's where the "
        "target decides what to load.",
    )
    triggers: str | None = Field(
        default=None,
        description="File of requests that should load the skill, and of others that should not; "
        "they count as tasks.",
    )
    optimizer: str | None = Field(
        default=None, description="Model that criticizes and proposes edits."
    )
    judge: str | None = Field(default=None, description="Model that grades rubric checks.")
    practice: bool = Field(
        default=False, description="Use the offline practice models for roles without a model."
    )
    target_template: str | None = Field(
        default=None,
        description="The target's prompt in place of skillopt's own: text with {skill} and {task} "
        "in their places.",
    )
    target_params: dict[str, JsonValue] = Field(
        default_factory=dict, description="Parameter of the target's calls."
    )
    optimizer_params: dict[str, JsonValue] = Field(
        default_factory=dict, description="Parameter of the optimizer's calls."
    )
    judge_params: dict[str, JsonValue] = Field(
        default_factory=dict, description="Parameter of the judge's calls."
    )
    api_base: str | None = Field(
        default=None,
        description="Base URL of an OpenAI-compatible endpoint, for every role without one of its "
        "own.",
    )
    target_api_base: str | None = Field(
        default=None,
        description="Base URL of the target's endpoint; empty for the provider's own.",
    )
    optimizer_api_base: str | None = Field(
        default=None,
        description="Base URL of the optimizer's endpoint; empty for the provider's own.",
    )
    judge_api_base: str | None = Field(
        default=None,
        description="Base URL of the judge's endpoint; empty for the provider's own.",
    )
    drop_params: tuple[str, ...] = Field(
        default=(), description="Parameter that is never sent to an endpoint, such as `seed`."
    )
    force_params: tuple[str, ...] = Field(
        default=(),
        description="Parameter that is always sent, even if LiteLLM says that the model does not "
        "take it; an endpoint that refuses it stops the run.",
    )
    allow_self_judging: bool = Field(
        default=False, description="Allow the target to judge itself; every verdict then says so."
    )
    deterministic: bool | None = Field(
        default=None,
        description="Treat the target as deterministic (set automatically for practice models).",
    )

    @field_validator("agent", mode="before")
    @classmethod
    def _named_agent(cls, given: Any) -> Any:
        """An agent by name, or a preset with other fields, as a form."""
        if isinstance(given, str):
            return preset(given)
        if not isinstance(given, dict) or "preset" not in given:
            return given
        known = preset(str(given["preset"]))
        changed = {name: value for name, value in given.items() if name != "preset"}
        return type(known).model_validate({**dict(known), **changed})

    @property
    def runs_target(self) -> bool:
        """The target is a program: a command, or an agent."""
        return self.target_command is not None or self.agent is not None

    @property
    def isolates(self) -> bool:
        """Whether Python checks run in worker processes."""
        return self.sandbox or bool(self.isolate_checks)

    def model(self, role: str) -> str | None:
        """The model string of a role: `target`, `optimizer` or `judge`."""
        named: str | None = getattr(self, role)
        return named or (PRACTICE[role] if self.practice else None)

    def base(self, role: str) -> str | None:
        """The base URL of a role's endpoint: its own, or the one for all roles.

        An empty one of its own is the provider's: a hosted optimizer beside a local target.
        """
        own: str | None = getattr(self, f"{role}_api_base")
        return (self.api_base if own is None else own) or None
