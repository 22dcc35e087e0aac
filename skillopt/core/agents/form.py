"""How an agent's command line is called: its words, where a skill goes, where the answer is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, Self

from pydantic import Field, model_validator

from skillopt.core.evaluation.task_file import WorkspacePath
from skillopt.core.value import Value, is_absent, is_empty
from skillopt.errors import SettingsError

StreamFormat = Literal["claude-code", "codex", "copilot", "opencode", "gemini"]
"""A stream of JSON lines that a client prints, named after the client."""

AnswerFrom = Literal["stdout", "file", "claude-code", "codex", "copilot", "opencode", "gemini"]
"""Where an answer is: all of standard output, a file, or a client's stream."""

PromptAs = Literal["argument", "stdin", "file"]

_PLACE = re.compile(r"\{(prompt|prompt_file|answer_file)\}")
ARGS = "{args}"
"""Where model and further arguments go in a command; by default at its end."""


class AgentForm(Value):
    """How an agent is called in a workspace, and where its answer is."""

    name: str = Field(default="agent", min_length=1)
    """What it is called in messages and in the ledger."""
    command: tuple[str, ...] = Field(min_length=1)
    """Program and arguments. `{prompt}`, `{prompt_file}`, `{answer_file}` and, as a word of its
    own, `{args}` are replaced; the last stands for the model and for further arguments."""
    skills: WorkspacePath = ".agents/skills"
    """The folder of the workspace that the skill's folder is written into."""
    prompt: PromptAs = "stdin"
    """How the command gets the task."""
    answer: AnswerFrom = "stdout"
    answer_file: WorkspacePath | None = Field(default=None, exclude_if=is_absent)
    """With ``answer`` `file`: the file in the workspace. None: the command gets a path with
    `{answer_file}`."""
    model: tuple[str, ...] = Field(default=(), exclude_if=is_empty)
    """The arguments that name a model, with `{model}` in its place."""
    version: tuple[str, ...] = Field(default=(), exclude_if=is_empty)
    """A command that prints the agent's version, which is part of the target's identity. Without
    one the content of the command's files is."""
    env: dict[str, str] = Field(default_factory=dict, exclude_if=is_empty)
    """Further environment variables."""

    @model_validator(mode="after")
    def _fits(self) -> AgentForm:
        places = {place for word in self.command for place in _PLACE.findall(word)}
        if self.prompt == "file" and "prompt_file" not in places:
            raise ValueError(
                "the prompt is a file, and the command does not name it; write {prompt_file} in it"
            )
        if self.answer == "file" and self.answer_file is None and "answer_file" not in places:
            raise ValueError(
                "the answer is a file, and nobody says which; write {answer_file} in the command, "
                "or set answer_file to a path in the workspace"
            )
        if self.model and not any("{model}" in word for word in self.model):
            raise ValueError("`model` has no {model}; write for example ['--model', '{model}']")
        return self

    @property
    def tells_cost(self) -> bool:
        """Whether its output says what a run has cost, or there is nothing to pay for all we know.

        Without it a limit of money cannot be held.
        """
        return self.answer in {"stdout", "file", "claude-code", "opencode"}

    @property
    def tells_steps(self) -> bool:
        """Whether its output says what tools it has used."""
        return self.answer not in {"stdout", "file"}

    def told(self, *, model: str | None = None, args: Sequence[str] = ()) -> Self:
        """The same with a model and further arguments in its command.

        Raises:
            SettingsError: it cannot be told a model.
        """
        if model is not None and not self.model:
            raise SettingsError(
                f"agent_model is {model!r}, and the agent {self.name!r} has no place for a "
                "model; add `model`, such as ['--model', '{model}'], to the agent"
            )
        named = [word.replace("{model}", model) for word in self.model] if model else []
        command = self.command if ARGS in self.command else (*self.command, ARGS)
        at = command.index(ARGS)
        return self.model_copy(
            update={"command": (*command[:at], *named, *args, *command[at + 1 :])}
        )

    def words(self, *, prompt: str, prompt_file: str, answer_file: str) -> list[str]:
        """The command for one run, program first.

        Args:
            prompt: the task's text.
            prompt_file: where it is written to.
            answer_file: where the command may write its answer to.
        """
        places = {"prompt": prompt, "prompt_file": prompt_file, "answer_file": answer_file}
        told = [word for word in self.command if word != ARGS]
        if self.prompt == "argument" and not any("{prompt}" in word for word in told):
            told.append("{prompt}")
        # In one go: what is put in is not looked through again.
        return [_PLACE.sub(lambda match: places[match[1]], word) for word in told]
