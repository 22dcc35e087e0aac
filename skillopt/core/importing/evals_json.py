"""A skill's `evals/evals.json` as drafts.

skill-creator writes `expectations` (its references/schemas.md), agentskills.io `assertions`, and
Anthropic's authoring guide `query` and `expected_behavior`: statements about a good answer, which
the judge answers one by one. Some repositories write assertions as objects with a `type`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from skillopt.core.evaluation.validation_set import Place
from skillopt.core.importing.fields import Asked, Unreadable, asked, at, note_unused
from skillopt.core.importing.files import files_of
from skillopt.core.importing.promptfoo_asserts import KNOWN, Refused, check_of, criterion
from skillopt.core.importing.values import Draft, FieldNames, Fields, Tally

EVALS_FOLDER = "evals"
"""The folder of a skill that the file lies in; what it names is named from the skill's."""
AS_DESCRIBED = "The answer is what the expected output describes."

_STATEMENTS = (
    "expectations", "assertions", "expected_behavior", "expected_behaviors", "checks", "criteria",
    "success_criteria",
)  # fmt: skip
_ALSO_USED = ("prompt", "query", "id", "name", "eval_name", "files")
_TEXTS = ("text", "statement", "description", "assertion", "expectation", "criterion", "name")


def is_evals_json(content: Any) -> bool:
    """Whether content has the shape of an evals.json, or of its list."""
    if isinstance(content, Mapping):
        evals = content.get("evals")
        return _is_eval(content) or (isinstance(evals, list) and any(map(_is_eval, evals)))
    return isinstance(content, list) and any(map(_is_eval, content))


def evals_drafts(content: Any, names: FieldNames, tally: Tally) -> list[Draft]:
    """The evals of the file."""
    listed, place = _evals(content)
    tally.fields["input"] = " + ".join(names.input) or "prompt"
    own = (*names.input, names.expected or "expected_output", names.id, names.split or "split")
    note_unused(listed, (*own, *_STATEMENTS, *_ALSO_USED), tally)
    drafts: list[Draft] = []
    for index, one in enumerate(listed):
        tally.begin()
        try:
            drafts.append(_draft(one, (*place, index), names, tally))
        except Unreadable as error:
            tally.leave_out(str(error))
    return drafts


def _evals(content: Any) -> tuple[list[Any], Place]:
    if isinstance(content, list):
        return content, ()
    evals = content.get("evals")
    return (evals, ("evals",)) if isinstance(evals, list) else ([content], ())


def _is_eval(one: Any) -> bool:
    if not isinstance(one, Mapping) or not ("prompt" in one or "query" in one):
        return False
    return any(isinstance(one.get(name), list) for name in _STATEMENTS) or (
        "expected_output" in one and "prompt" in one
    )


def _draft(one: Any, place: Place, names: FieldNames, tally: Tally) -> Draft:
    if not isinstance(one, Mapping):
        raise Unreadable("it is no mapping")
    expected = at(one, names.expected or "expected_output")
    checks = _checks(one, tally)
    if not checks and expected not in (None, ""):
        checks = [{"type": "rubric", "criteria": [AS_DESCRIBED]}]
    if not checks:
        raise Unreadable("it has no expectations, and no expected output")
    own, title = at(one, names.id or "id"), one.get("eval_name", one.get("name"))
    split = at(one, names.split or "split")
    return Draft(
        place=place,
        record=tally.records,
        input=_asked(one, names).input,
        expected=None if expected == "" else expected,
        checks=tuple(checks),
        id=f"eval-{own}" if isinstance(own, int) else own if isinstance(own, str) else None,
        title=title if isinstance(title, str) else None,
        split=split if isinstance(split, str) else None,
        files=files_of(one, tally),
    )


def _asked(one: Mapping[str, Any], names: FieldNames) -> Asked:
    if names.input:
        return asked("\n\n".join(str(at(one, name) or "") for name in names.input).strip())
    return asked(one.get("prompt", one.get("query")))


def _checks(one: Mapping[str, Any], tally: Tally) -> list[Fields]:
    """Typed assertions each as a check, all statements together as one rubric."""
    found: list[Fields] = []
    statements: dict[str, None] = {}
    for name in _STATEMENTS:
        listed = one.get(name)
        for given in listed if isinstance(listed, list) else []:
            try:
                typed = _typed(given)
                if typed is None:
                    statements[_statement(given)] = None
                else:
                    check = check_of(typed)
                    found.append(check)
                    tally.mapped[f"{typed['type']} -> {check['type']}"] += 1
            except Refused as error:
                tally.refuse(str(error))
    if statements:
        tally.mapped["statement -> rubric criterion"] += len(statements)
        found.append(
            {"type": "rubric", "criteria": list(statements), "weight": float(len(statements))}
        )
    return found


def _typed(given: Any) -> Fields | None:
    """An assertion with a type and a value, in promptfoo's words; None for a statement."""
    if not isinstance(given, Mapping) or "value" not in given:
        return None
    kind = str(given.get("type", "")).replace("_", "-")
    if kind in KNOWN or kind.removeprefix("not-") in KNOWN:
        return {"type": kind, "value": given["value"]}
    if any(isinstance(given.get(name), str) for name in _TEXTS[:-1]):
        return None
    raise Refused(f"an assertion of the type {kind[:40]!r} without a statement")


def _statement(given: Any) -> str:
    if isinstance(given, Mapping):
        texts = (given.get(name) for name in _TEXTS)
        given = next((text for text in texts if isinstance(text, str)), None)
    if not isinstance(given, str) or not given.strip():
        raise Refused("a statement that is no text")
    return criterion("{}", given.strip())
