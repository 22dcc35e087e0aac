"""The real model as a target: through LiteLLM, and as functions that do what a harness would."""

from __future__ import annotations

import json
import math
import urllib.request
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from skillopt.core.evaluation.self_check import INSTRUCTION, MARKER
from tests.benchmarks.local_model import MODEL

TEMPLATE = "{skill}\n\nText: {task}\nAnswer:"
"""The model's own chat template is of no use here; it continues a document by one line."""
NOTE = "<!-- note "
"""Begins a line that :func:`without_notes` keeps from the model."""
Confidence = Literal["stated", "probability"]
Target = Callable[[str, str], str]


class Said(NamedTuple):
    """A line, and the chance that the model gave it."""

    text: str
    chance: float


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


def with_confidence(base: str, kind: Confidence, *, temperature: float) -> Target:
    """A harness that makes the marker of a self-check itself, since the model never does.

    Asked for a self-check, it keeps the instruction from the model, so that the answer is the same,
    and has a confidence written after it: the number with which the model continues `Confidence:`,
    or the chance that the model gave its answer.
    """

    def target(skill: str, task: str) -> str:
        asked = task.removesuffix(INSTRUCTION).rstrip()
        prompt = TEMPLATE.format(skill=skill, task=asked)
        said = continued(base, prompt, temperature=temperature)
        if asked == task:
            return said.text
        marked = f"{said.text}\n{MARKER}\nConfidence:"
        if kind == "probability":
            return f"{marked} {100 * said.chance:.0f}"
        stated = continued(base, f"{prompt} {marked}", temperature=temperature)
        return f"{marked} {stated.text}"

    return target


def without_notes(base: str, *, temperature: float) -> Target:
    """A target that reads the skill without its notes: versions that differ in them are equal."""

    def target(skill: str, task: str) -> str:
        seen = "".join(x for x in skill.splitlines(keepends=True) if not x.startswith(NOTE))
        prompt = TEMPLATE.format(skill=seen, task=task)
        return continued(base, prompt, temperature=temperature).text

    return target


def continued(base: str, prompt: str, *, temperature: float) -> Said:
    """The line with which the model continues ``prompt``."""
    asked = {
        "prompt": prompt,
        "max_tokens": 12,
        "stop": ["\n"],
        "temperature": temperature,
        "logprobs": 1,
    }
    request = urllib.request.Request(
        f"{base}/completions", json.dumps(asked).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=300) as reply:
        [choice] = json.load(reply)["choices"]
    tokens = (choice["logprobs"] or {"content": []})["content"]
    return Said(choice["text"].strip(), math.exp(sum(one["logprob"] for one in tokens)))
