"""One run of gepa, in its own environment (started by forked.py).

`gepa.optimize` with an adapter, as its guides say: feedback that names the right answer, a reflection
model, a `run_dir` to resume from, train and validation of the same size, and a budget above sixteen
times the validation set, the least that the guides name. All else is at its default. `cache_evaluation` is
off, its default: in 0.1.4 it mixes up train and validation (#424, fixed later).
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from importlib import import_module
from pathlib import Path
from threading import local
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

AT_ONCE = 8


class Endpoint:
    """Chat completions over kept connections."""

    def __init__(self, base: str) -> None:
        self._parts, self._own = urlsplit(base), local()

    def chat(self, model: str, messages: list[dict[str, str]]) -> str:
        """A model's reply."""
        if not hasattr(self._own, "connection"):
            self._own.connection = HTTPConnection(self._parts.netloc)
        body = json.dumps({"model": model, "messages": messages})
        headers = {"Content-Type": "application/json"}
        self._own.connection.request("POST", f"{self._parts.path}/chat/completions", body, headers)
        reply = json.loads(self._own.connection.getresponse().read())
        return str(reply["choices"][0]["message"]["content"])


class Adapter:
    """A skill as a system prompt; right or wrong, and why."""

    propose_new_texts = None

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint, self._pool = endpoint, ThreadPoolExecutor(AT_ONCE)

    def evaluate(
        self,
        batch: list[dict[str, str]],
        candidate: dict[str, str],
        capture_traces: bool = False,  # noqa: FBT001
    ) -> Any:
        """Scores, and what was said."""

        def answer(task: dict[str, str]) -> str:
            said = {"role": "system", "content": candidate["skill"]}
            return self._endpoint.chat("target", [said, {"role": "user", "content": task["input"]}])

        outputs = list(self._pool.map(answer, batch))
        scores = [float(said == task["desk"]) for said, task in zip(outputs, batch, strict=True)]
        made = import_module("gepa.core.adapter").EvaluationBatch
        traces = list(zip(batch, outputs, scores, strict=True)) if capture_traces else None
        return made(outputs=outputs, scores=scores, trajectories=traces)

    def make_reflective_dataset(
        self, candidate: dict[str, str], batch: Any, components: list[str]
    ) -> dict[str, list[dict[str, str]]]:
        """Inputs, outputs and feedback, under the names that the guides use."""
        records = [
            {
                "Inputs": task["input"],
                "Generated Outputs": said,
                "Feedback": "Right." if score else f"Wrong: the answer is {task['desk']}.",
            }
            for task, said, score in batch.trajectories
        ]
        return dict.fromkeys(components, records)


def load() -> None:
    """What a run imports."""
    import_module("gepa")


def main(path: Path) -> None:
    """Run, and write what came out."""
    job = json.loads(path.read_text("utf-8"))
    folder = Path(job["folder"])
    endpoint = Endpoint(job["base"])
    result: Any = import_module("gepa").optimize(
        seed_candidate={"skill": job["skill"]},
        trainset=[task for task in job["tasks"] if task["split"] == "train"],
        valset=[task for task in job["tasks"] if task["split"] == "validation"],
        adapter=Adapter(endpoint),
        reflection_lm=lambda asked: endpoint.chat("optimizer", as_messages(asked)),
        max_metric_calls=job["budget"],
        seed=job["seed"],
        run_dir=str(folder / "run"),
        logger=SimpleNamespace(log=print),
    )
    scores = list(result.val_aggregate_scores)
    best: list[int] = []
    for place, score in enumerate(scores):
        if not best or score > scores[best[-1]]:
            best.append(place)
    outcome = {
        "final": result.best_candidate["skill"],
        "best": [result.candidates[place]["skill"] for place in best],
        "kept": [candidate["skill"] for candidate in result.candidates],
        "claimed": scores[result.best_idx] - scores[0],
    }
    (folder / "outcome.json").write_text(json.dumps(outcome), "utf-8")


def as_messages(asked: Any) -> list[dict[str, str]]:
    """A reflection prompt comes as a text or as messages."""
    return [{"role": "user", "content": asked}] if isinstance(asked, str) else asked
