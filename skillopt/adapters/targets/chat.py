"""A chat model that follows the skill."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from skillopt.adapters.models import LiteLLMModel
from skillopt.adapters.practice import PracticeModel
from skillopt.adapters.targets.loading import instructions, question, trace_of
from skillopt.adapters.targets.prompts import conversation, preamble
from skillopt.core.endings import WITHHELD, Ending, fault
from skillopt.core.evaluation.loading import Described, described, was_loaded
from skillopt.core.evaluation.prompt_template import prompt_template
from skillopt.core.evaluation.rollout import Answer, Reply
from skillopt.core.evaluation.task import Message, Task
from skillopt.core.evaluation.trace import Trace
from skillopt.core.role_settings import Loading
from skillopt.core.skill.skill import Skill
from skillopt.core.value import content_hash
from skillopt.errors import CallFailed, ChargedError


class ChatTarget:
    """A model with the skill above the task, in a fresh context each time.

    Args:
        model: the model.
        seed: the run's; with the trial it makes the seed that providers with one are sent.
        deterministic: it answers alike every time; by default practice models without noise do.
        template: what it is sent instead of skillopt's own prompt; see
            :func:`skillopt.core.evaluation.prompt_template.prompt_template`.
        neighbours: the other skills that it could load.
        loading: whether it always has the skill, or only for tasks for which it asks for it.

    Raises:
        SettingsError: the template has no place for the skill, or does not suit the model.
    """

    def __init__(
        self,
        model: LiteLLMModel | PracticeModel,
        *,
        seed: int = 0,
        deterministic: bool | None = None,
        template: str | None = None,
        neighbours: Sequence[Described] = (),
        loading: Loading = "always",
    ) -> None:
        self._model = model
        self._seed = seed
        self._text = template
        self._neighbours = tuple(neighbours)
        self._loading = loading
        plain = model.settings.plain
        self._template = None if template is None else prompt_template(template, plain=plain)
        self._deterministic = model.deterministic if deterministic is None else deterministic

    @property
    def identity(self) -> str:
        """Digest of model, parameters, prompt, and the seed where chance plays a part.

        What the endpoint is known to refuse is part of it: the answers are made without.
        """
        seed = None if self._deterministic else self._seed
        prompt = preamble() if self._text is None else {"template": self._text}
        parts = ["chat", self._model.identity, prompt, seed, *self._choosing]
        return content_hash([*parts, self._model.left_out] if self._model.left_out else parts)

    @property
    def _choosing(self) -> list[Any]:
        """What decides on loading, for the identity; nothing where the skill is always there."""
        if self._loading == "always" and not self._neighbours:
            return []
        others = [one.model_dump(mode="json") for one in self._neighbours]
        return [{"loading": self._loading, "asks": instructions(), "neighbours": others}]

    @property
    def refused(self) -> dict[str, str | None]:
        """The parameters the endpoint was found to refuse; see :class:`skillopt.ports.Endpoint`."""
        return self._model.refused

    def recall(self, refused: Mapping[str, str | None]) -> None:
        """Start from what was found out before."""
        self._model.recall(refused)

    @property
    def deterministic(self) -> bool:
        """It answers alike every time."""
        return self._deterministic

    @property
    def converses(self) -> bool:
        """It takes conversations; a template with a place for the task makes one text of them."""
        return self._template is None or self._template.appends_task

    async def answer(self, skill: Skill | None, task: Task, *, trial: int) -> Answer:
        """The model's answer; see :class:`skillopt.ports.Target`. It never raises TargetError.

        Raises:
            CallFailed: the provider failed, or there was none: refused, or withheld by a filter.
            RunStopped: no call can succeed.
            SpendExhausted: a limit leaves no room for the call.
        """
        seed = trial_seed(self._seed, trial)
        if task.loading:
            return await self._choice(skill, task, seed)
        if skill is None or self._loading == "always":
            return await self._answer(skill, task, seed)
        choice = await self._choice(skill, task, seed)
        trace = choice.trace or Trace()
        loaded = was_loaded(described(skill).name, trace.tool_calls)
        try:
            answer = await self._answer(skill if loaded else None, task, seed)
        except ChargedError as error:
            error.charge(choice.usage)
            raise
        usage = choice.usage + answer.usage
        return answer.model_copy(update={"usage": usage, "trace": trace})

    async def _choice(self, skill: Skill | None, task: Task, seed: int) -> Answer:
        """What it would load for the task, as tool calls."""
        reply = await self._reply(question(skill, self._neighbours, task, seed=seed), seed)
        return Answer(
            text=reply.text,
            usage=reply.usage,
            ending=reply.ending,
            reasoning=reply.reasoning,
            trace=trace_of(reply) or Trace(),
        )

    async def _answer(self, skill: Skill | None, task: Task, seed: int) -> Answer:
        template = self._template
        asked = template.filled(skill, task) if template else conversation(skill, task)
        reply = await self._reply(asked, seed)
        return Answer(
            text=reply.text, usage=reply.usage, ending=reply.ending, reasoning=reply.reasoning
        )

    async def _reply(self, asked: tuple[Message, ...], seed: int) -> Reply:
        reply = await self._model.complete(asked, seed=seed)
        if reply.ending in WITHHELD:
            raise CallFailed(
                _withheld(reply),
                used=reply.usage,
                ending=reply.ending,
                passing=reply.ending is Ending.FAILED,
            )
        return reply


def _withheld(reply: Reply) -> str:
    said = f": {reply.text.strip()[:200]}" if reply.text.strip() else ""
    return f"{fault(reply.ending)}{said}"


def trial_seed(seed: int, trial: int) -> int:
    """The seed of a trial: the same for the same pair, in [0, 2**31)."""
    mark = hashlib.sha256(f"{seed} {trial}".encode()).digest()
    return int.from_bytes(mark[:4], "big") >> 1
