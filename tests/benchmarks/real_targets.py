"""The real model as a target: through LiteLLM, and in a harness that writes a document with it."""

from __future__ import annotations

import asyncio
import json
import math
import urllib.request
from typing import Any, Literal, NamedTuple

from skillopt.core.evaluation.rollout import Answer
from skillopt.core.evaluation.self_check import INSTRUCTION, MARKER
from skillopt.core.evaluation.task import Message, Task
from skillopt.core.skill.skill import Skill
from skillopt.core.value import content_hash
from tests.benchmarks.local_model import MODEL

TEMPLATE = "{skill}\n\nText: {task}\nAnswer:"
"""The model's own chat template is of no use here; it continues a document by one line."""
NOTE = "<!-- note "
"""Begins a line that :class:`Document` keeps from the model."""
Confidence = Literal["stated", "probability"]


class Said(NamedTuple):
    """A line, and the chance that the model gave it."""

    text: str
    chance: float
    """Of its words: whether a line break or the end follows, says nothing about them."""


def through_litellm(base: str, *, temperature: float, asks_on: bool = False) -> dict[str, Any]:
    """The settings of the target.

    Args:
        base: the server's URL.
        temperature: of the draws; at 0 the target counts as deterministic.
        asks_on: let the answer go on over several lines, to the next task.
    """
    return {
        "target": MODEL.replace("openai/", "text-completion-openai/"),
        "target_api_base": base,
        "target_template": TEMPLATE,
        "target_params": {
            "temperature": temperature,
            "max_tokens": 24 if asks_on else 12,
            "stop": ["\nText:"] if asks_on else ["\n"],
        },
        "deterministic": temperature == 0,
        "concurrency": 1,
        "health_check": False,
    }


class Document:
    """A harness in which the model continues a document, turn by turn.

    A turn of the user is a line `Text:`, one of the model a line `Answer:`, so that a second
    attempt and earlier errors look like all else that the model reads. It makes the marker of a
    self-check itself, since the model never does: it keeps the instruction from the model, which
    then answers as it does without, and has a confidence written after the answer.

    Args:
        base: the server's URL.
        temperature: of the draws; at 0 it counts as deterministic.
        seed: of the draws, with the trial, the skill and the task.
        confidence: the number with which the model continues `Confidence:`, or the chance that
            the model gave its answer.
    """

    converses = True

    def __init__(
        self, base: str, *, temperature: float, seed: int, confidence: Confidence = "probability"
    ) -> None:
        self._base = base
        self._temperature = temperature
        self._seed = seed
        self._confidence = confidence

    @property
    def identity(self) -> str:
        """Digest of the model's name, the temperature, the seed where it plays a part."""
        seed = self._seed if self._temperature else None
        return content_hash(["document 2", MODEL, self._temperature, seed, self._confidence])

    @property
    def deterministic(self) -> bool:
        """It answers alike every time."""
        return self._temperature == 0

    async def answer(self, skill: Skill | None, task: Task, *, trial: int) -> Answer:
        """The next line of the document; versions that differ in notes only get the same one."""
        text = skill.text if skill else ""
        seed = content_hash([self._seed, trial, text, task.digest])
        return await asyncio.to_thread(self._answered, text, task, int(seed[:7], 16))

    def _answered(self, skill: str, task: Task, seed: int) -> Answer:
        seen = "".join(x for x in skill.splitlines(keepends=True) if not x.startswith(NOTE))
        prompt = f"{seen}\n{''.join(map(_line, task.messages))}\nAnswer:"
        said = continued(self._base, prompt, temperature=self._temperature, seed=seed)
        if INSTRUCTION not in task.text:
            return Answer(text=said.text)
        marked = f"{said.text}\n{MARKER}\nConfidence:"
        if self._confidence == "probability":
            return Answer(text=f"{marked} {100 * said.chance:.0f}")
        asked = f"{prompt} {marked}"
        stated = continued(self._base, asked, temperature=self._temperature, seed=seed)
        return Answer(text=f"{marked} {stated.text}")


def _line(turn: Message) -> str:
    if turn.role == "assistant":
        return f"\nAnswer: {turn.content}\n"
    return f"\nText: {turn.content.removesuffix(INSTRUCTION).rstrip()}"


def continued(base: str, prompt: str, *, temperature: float, seed: int) -> Said:
    """The line with which the model continues ``prompt``."""
    asked = {
        "prompt": prompt,
        "max_tokens": 12,
        "stop": ["\n"],
        "temperature": temperature,
        "seed": seed,
        "logprobs": 1,
    }
    request = urllib.request.Request(
        f"{base}/completions", json.dumps(asked).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=300) as reply:
        [choice] = json.load(reply)["choices"]
    tokens = (choice["logprobs"] or {"content": []})["content"]
    chance = math.exp(sum(one["logprob"] for one in tokens if one["token"].strip()))
    return Said(choice["text"].strip(), chance)
