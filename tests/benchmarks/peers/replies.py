"""What the two models say: each tool's prompt is read in its own form, and answered in it.

Followed are the prompts of gepa 0.1.4 (`gepa/strategies/instruction_proposal.py`) and of Microsoft's
skillopt 0.2.0 (`skillopt/gradient`, `skillopt/optimizer`), and ours (`skillopt/engine/steps`).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any, NamedTuple

from skillopt.core.quoting import blocks
from tests.benchmarks.peers.world import Rule, World, rules_in

LETTER = re.compile(r"Letter (\d+) about (\w+):")
GEPA_OPENS = "I provided an assistant with the following instructions"
UNBOUNDED = 2
"""Rules in a reply whose prompt names no bound."""


class Reply(NamedTuple):
    """What is sent back."""

    text: str
    kind: str
    """`answer`, `proposal`, or another step of a tool."""
    skill: frozenset[Rule] = frozenset()
    """The rules of the skill in the prompt."""
    letter: int | None = None
    right: bool | None = None


class Models:
    """Target and optimizer of one run; counts how often they were asked the same."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.times: Counter[object] = Counter()

    def reply(self, role: str, messages: list[dict[str, str]]) -> Reply:
        """The reply of the model called ``role``: `target` or `optimizer`."""
        if role == "target":
            return self._answer(messages)
        prompt = "\n\n".join(message["content"] for message in messages)
        if GEPA_OPENS in prompt:
            return self._rewritten(prompt)
        if "<<<skill " in prompt:
            return self._ours(messages)
        return self._patched(messages[-1]["content"])

    def _answer(self, messages: list[dict[str, str]]) -> Reply:
        skill = rules_in(messages[0]["content"])
        found = LETTER.search(messages[-1]["content"])
        if found is None:
            return Reply("ready", "other", skill)
        letter = self.world.letters[int(found[1])]
        said = self.world.answer(skill, letter, self._time(skill, letter.number))
        return Reply(said, "answer", skill, letter.number, said == letter.desk)

    def _proposed(
        self,
        skill: frozenset[Rule],
        failing: list[str],
        refused: frozenset[Rule] = frozenset(),
        most: int = UNBOUNDED,
    ) -> tuple[str, ...]:
        time = self._time(skill, tuple(sorted(failing)), refused)
        return self.world.proposed(skill, failing, refused, most=most, time=time)

    def _rewritten(self, prompt: str) -> Reply:
        """GEPA's: the whole new instruction, in a fence."""
        _, text, rest = re.split(r"^```$\n?", prompt, maxsplit=2, flags=re.MULTILINE)
        skill = rules_in(text)
        examples = rest.split("# Example ")
        failing = [topic for one in examples if "Wrong:" in one for _, topic in LETTER.findall(one)]
        added = "".join(f"- {rule}\n" for rule in self._proposed(skill, failing))
        return Reply(f"```\n{text.rstrip()}\n{added}```", "proposal", skill)

    def _ours(self, messages: list[dict[str, str]]) -> Reply:
        """Critiques, or a draft; one to repair is answered by another, as a refusal is."""
        data = blocks(next(one["content"] for one in messages if "<<<skill " in one["content"]))
        skill = rules_in(data["skill"])
        drafts = "".join(one["content"] for one in messages if one["role"] == "assistant")
        wrong = [one for one in json.loads(data["evidence"]) if not one["passed"]]
        if "limits" not in data:
            return Reply(json.dumps({"critiques": _critiques(wrong)}), "critique", skill)
        failing = [topic for one in wrong for _, topic in LETTER.findall(one["input"])]
        refused = rules_in(data.get("refused", "") + data.get("earlier", "") + drafts) - skill
        most = min(json.loads(data["limits"])["max_edits"], UNBOUNDED)
        added = self._proposed(skill, failing, refused, most)
        return Reply(json.dumps(_draft(added, wrong)), "proposal", skill)

    def _patched(self, prompt: str) -> Reply:
        """Microsoft's: patches from failures, merged and ranked, and two texts at an epoch's end."""
        before, shown, failures = prompt.partition("## Failed Trajectories")
        if not shown:
            return Reply(json.dumps(self._step(prompt)), "step")
        current, _, earlier = before.partition("## Previous Steps")
        skill = rules_in(current)
        bound = re.search(r"at most L=(\d+)", before)
        most = min(int(bound[1]) if bound else UNBOUNDED, UNBOUNDED)
        failing = [LETTER.findall(one)[0][1] for one in failures.split("### Trajectory ")[1:]]
        added = self._proposed(skill, failing, rules_in(earlier) - skill, most)
        edits = [{"op": "append", "content": f"- {rule}"} for rule in added]
        patch = {"patch": {"reasoning": "These failed.", "edits": edits}}
        return Reply(json.dumps(patch), "proposal", skill)

    def _step(self, prompt: str) -> dict[str, Any]:
        if "## Successful Trajectories" in prompt:
            return {"patch": {"reasoning": "Nothing to add.", "edits": []}}
        if "## Patches to merge" in prompt:
            patches = json.loads(prompt[prompt.index("[", prompt.index("## Patches to merge")) :])
            edits = {edit["content"]: edit for patch in patches for edit in patch["edits"]}
            return {"reasoning": "Without repetition.", "edits": list(edits.values())}
        if "Pool (" in prompt:
            return {"selected_indices": list(range(20))}
        if "Slow Update Guidance" in prompt:
            return {"reasoning": "", "slow_update_content": "Keep to the rules above."}
        return {"reasoning": "", "meta_skill_content": "Name the desk of a topic."}

    def _time(self, *asked: object) -> int:
        self.times[asked] += 1
        return self.times[asked]


def _critiques(wrong: list[dict[str, Any]]) -> list[dict[str, str]]:
    return [
        {
            "rollout": one["rollout"],
            "criterion": "desk",
            "quote": one["input"][:20],
            "cause": f"No rule names the desk of {LETTER.findall(one['input'])[0][1]}.",
        }
        for one in wrong
    ]


def _draft(added: tuple[str, ...], wrong: list[dict[str, Any]]) -> dict[str, Any]:
    section = ["Which desk", "Rules"]
    return {
        "idea": " ".join(added) or "Nothing to add.",
        "criteria": ["desk"],
        "rollouts": [one["rollout"] for one in wrong][:8],
        "predicted_gain": 0.05,
        "edits": [
            {
                "kind": "insert",
                "anchor": "",
                "section": section,
                "where": "after",
                "text": f"- {rule}\n",
            }
            for rule in added
        ],
    }
