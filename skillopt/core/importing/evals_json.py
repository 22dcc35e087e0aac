"""A skill's `evals/evals.json` as drafts.

skill-creator writes `expectations` (its references/schemas.md), agentskills.io `assertions`, and
Anthropic's authoring guide `query` and `expected_behavior`: statements about a good answer, which
the judge answers one by one. Some repositories write assertions as objects with a `type`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from skillopt.core.evaluation.validation_set import Place
from skillopt.core.importing.evals_assertions import assertion_of
from skillopt.core.importing.fields import Asked, Unreadable, asked, at, listed, note_unused
from skillopt.core.importing.files import files_of
from skillopt.core.importing.promptfoo_asserts import Refused, named_check
from skillopt.core.importing.values import Draft, FieldNames, Fields, Tally

EVALS_FOLDER = "evals"
"""The folder of a skill that the file lies in; what it names is named from the skill's."""
AS_DESCRIBED = "The answer is what the expected output describes."

_STATEMENTS = (
    "expectations", "assertions", "expected_behavior", "expected_behaviors", "checks", "criteria",
    "success_criteria",
)  # fmt: skip
_ALSO_USED = ("prompt", "query", "id", "name", "eval_name", "files")
_HEADER = {"evals", "skill_name", "name", "description", "version"}


def is_evals_json(content: Any) -> bool:
    """Whether content has the shape of an evals.json, or of its list."""
    if isinstance(content, Mapping):
        evals = content.get("evals")
        return _is_eval(content) or (isinstance(evals, list) and any(map(_is_eval, evals)))
    return isinstance(content, list) and any(map(_is_eval, content))


def evals_drafts(content: Any, names: FieldNames, tally: Tally) -> list[Draft]:
    """The evals of the file."""
    evals, place = _evals(content)
    records = [one for one in evals if isinstance(one, Mapping)]
    _say(records, names, tally)
    own = (*names.input, names.expected or "expected_output", names.id, names.split or "split")
    note_unused(records, (*own, *_STATEMENTS, *_ALSO_USED), tally)
    if place and (left := set(map(str, content)) - _HEADER):
        tally.note(f"beside the evals, not used: {listed(left)}")
    drafts: list[Draft] = []
    for index, one in enumerate(evals):
        tally.begin()
        try:
            drafts.append(_draft(one, (*place, index), names, tally))
        except Unreadable as error:
            tally.leave_out(str(error))
    return drafts


def _say(records: Sequence[Mapping[str, Any]], names: FieldNames, tally: Tally) -> None:
    asks = "query" if all("prompt" not in one for one in records) else "prompt"
    tally.fields["input"] = " + ".join(names.input) or asks
    for name, source in (
        ("expected", names.expected or "expected_output"),
        ("id", names.id or "id"),
        ("split", names.split or "split"),
    ):
        if any(at(one, source) not in (None, "") for one in records):
            tally.fields[name] = source


def _evals(content: Any) -> tuple[list[Any], Place]:
    if isinstance(content, list):
        return content, ()
    evals = content.get("evals")
    return (evals, ("evals",)) if isinstance(evals, list) else ([content], ())


def _is_eval(one: Any) -> bool:
    if not isinstance(one, Mapping) or not ("prompt" in one or "query" in one):
        return False
    return bool(_assertions(one)) or ("expected_output" in one and "prompt" in one)


def _draft(one: Any, place: Place, names: FieldNames, tally: Tally) -> Draft:
    if not isinstance(one, Mapping):
        raise Unreadable("it is no mapping")
    expected = at(one, names.expected or "expected_output")
    checks = _checks(one, tally)
    if not checks and expected not in (None, ""):
        checks = [{"type": "rubric", "criteria": [AS_DESCRIBED]}]
        tally.mapped[f"{names.expected or 'expected_output'} -> rubric criterion"] += 1
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
    for given in _assertions(one):
        try:
            assertion = assertion_of(given)
        except Refused as error:
            tally.refuse(str(error))
            continue
        if isinstance(assertion, str):
            statements[assertion] = None
        else:
            found.append(assertion.check)
            tally.mapped[f"{assertion.kind} -> {named_check(assertion.check)}"] += 1
    if statements:
        tally.mapped["statement -> rubric criterion"] += len(statements)
        found.append(
            {"type": "rubric", "criteria": list(statements), "weight": float(len(statements))}
        )
    return found


def _assertions(one: Mapping[str, Any]) -> list[Any]:
    """Those under any of the names, a single one also without a list."""
    parts = [one[name] for name in _STATEMENTS if isinstance(one.get(name), list | str)]
    return [given for part in parts for given in (part if isinstance(part, list) else [part])]
