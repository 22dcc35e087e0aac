"""Writing `cluster` tags into a validation set's file; every other byte of it stays."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from skillopt.adapters.files.documents import Document, document_of, read_bytes, reads_as
from skillopt.adapters.files.file_edit import FileEdit
from skillopt.adapters.files.yaml_ids import IdSpot, id_spots
from skillopt.adapters.files.yaml_lines import read_yaml
from skillopt.errors import ValidationSetError

_BOM = b"\xef\xbb\xbf"
_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*\Z")

_Insertion = tuple[int, str]
"""Where in the text, in characters, and what."""


def plan_tags(path: Path, tags: Mapping[str, str]) -> FileEdit | None:
    """The edit that gives tasks their cluster.

    None where the file spells a task in a way that is not edited here (an alias, a merged `id`, a
    `cluster: null`): then nothing but a person can say what the file should look like.

    Args:
        path: a validation set that can be read.
        tags: clusters by task id, of tasks that have none.

    Raises:
        ValidationSetError: the file cannot be read.
    """
    data = read_bytes(path)
    document = document_of(data, path)
    text = data.decode("utf-8-sig")
    wanted = _tags_by_index(document, tags)
    insertions = _in_jsonl if path.suffix.lower() == ".jsonl" else _in_yaml
    places = list(insertions(text, document, wanted))
    after = _inserted(text, places).encode()
    after = (_BOM if data.startswith(_BOM) else b"") + after
    if len(places) < len(wanted) or not _says(after, path, document, wanted):
        return None
    return FileEdit(path=path, before=data, after=after)


def _tags_by_index(document: Document, tags: Mapping[str, str]) -> dict[int, str]:
    ids = [task["id"] for task in document.content["tasks"]]
    return {index: tags[task_id] for index, task_id in enumerate(ids) if task_id in tags}


def _says(data: bytes, path: Path, before: Document, tags: Mapping[int, str]) -> bool:
    """Whether the edited file says what it said before and the tags, and nothing else."""
    wanted = copy.deepcopy(before.content)
    # An anchored task is one object in several places, and would be tagged in all of them.
    wanted["tasks"] = [
        {**task, "cluster": tags[index]} if index in tags else task
        for index, task in enumerate(wanted["tasks"])
    ]
    return reads_as(data, path, wanted)


def _inserted(text: str, places: list[_Insertion]) -> str:
    parts: list[str] = []
    start = 0
    for at, inserted in sorted(places):
        parts += (text[start:at], inserted)
        start = at
    return "".join([*parts, text[start:]])


def _in_jsonl(text: str, document: Document, tags: Mapping[int, str]) -> Iterator[_Insertion]:
    """A tag is the last member of its task's object."""
    starts = [0, *(found.end() for found in re.finditer("\n", text))]
    for index, cluster in tags.items():
        start = starts[document.lines["tasks", index] - 1]
        line = text[start:].partition("\n")[0]
        members = line.rstrip().removesuffix("}").rstrip()
        space = " " if '": ' in line else ""
        tag = f',{space}"cluster":{space}{json.dumps(cluster, ensure_ascii=False)}'
        yield start + len(members), tag


def _in_yaml(text: str, _document: Document, tags: Mapping[int, str]) -> Iterator[_Insertion]:
    """A tag follows its task's id: on the next line, or within braces after a comma."""
    for index, spot in id_spots(text).items():
        if index in tags:
            yield _yaml_tag(text, spot, _spelled(tags[index]))


def _yaml_tag(text: str, spot: IdSpot, cluster: str) -> _Insertion:
    key = '"cluster"' if spot.quoted else "cluster"
    if spot.in_braces:
        return spot.end, f", {key}: {cluster}"
    line_break = _LINE_BREAK.search(text, spot.end)
    at, ending = (line_break.start(), line_break.group()) if line_break else (len(text), "\n")
    return at, f"{ending}{' ' * spot.column}{key}: {cluster}"


def _spelled(cluster: str) -> str:
    """A cluster's name in YAML: quoted where it could be read as something else."""
    try:
        plain = _PLAIN.match(cluster) is not None and read_yaml(cluster, "")[0] == cluster
    except ValidationSetError:
        plain = False
    return cluster if plain else json.dumps(cluster, ensure_ascii=False)
