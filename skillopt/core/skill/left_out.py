"""Which of the files around a SKILL.md are the skill's, by their paths.

All that lies around it is, in whatever folders, but for what tools, editors, agents and skillopt
leave there. Names decide, never what SKILL.md says: an edit changes no other file's belonging, and
a version that is written is the version that is read. `.gitignore` is not asked, since a skill has
to be the same wherever it is copied to. The packager of skill-creator (anthropics/skills,
`package_skill.py`) leaves out `__pycache__`, `node_modules`, `*.pyc`, `.DS_Store` and `evals/`, the
installer `skills` of vercel-labs `.git`, `__pycache__` and, in some versions, hidden files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from skillopt.core.skill.skill_file import is_skill_md, with_folders

OWN_FOLDERS = ("assets", "references", "scripts")
"""The folders of the Agent Skills format (agentskills.io/specification)."""


class Why(StrEnum):
    """Why a file around a SKILL.md is no part of the skill."""

    TOOLS = "made by tools"
    HIDDEN = "hidden"
    KEYS = "keys"
    OUTPUT = "logs and output"
    OWN = "skillopt's own"
    TASKS = "tasks and evaluations"
    REPOSITORY = "the repository's"
    SKILL_MD = "in a folder with the name of SKILL.md"


_TOOLS = frozenset(
    {
        ".git", ".hg", ".svn", ".jj", ".bzr", "node_modules", "bower_components", "__pycache__",
        "__pypackages__", "__macosx", ".venv", "venv", ".tox", ".nox", ".eggs", ".idea", ".vscode",
        ".pytest_cache", ".mypy_cache", ".ruff_cache", ".ipynb_checkpoints", ".cache", ".coverage",
        "htmlcov", ".ds_store", "thumbs.db", "ehthumbs.db", "desktop.ini", ".directory",
    }
)  # fmt: skip
_TOOLS_LIKE = re.compile(
    r".*\.py[co]|.*\.egg-info|.*~|\..*\.(?:sw[a-z]|kate-swp)|~\$.*|\.#.*|#.*#|\._.*|\.nfs[\da-f]+"
    r"|.*\.(?:bak|orig|rej|tmp)",
    re.DOTALL,
)
_KEYS = re.compile(r"\.env(?:\..*)?", re.DOTALL)
_KEYS_EXPLAINED = re.compile(r"\.env\.(?:example|sample|template).*", re.DOTALL)
_OUTPUT_ON_TOP = re.compile(
    r"logs?|te?mp|outputs?|out|results|coverage|(?:.*-)?workspace|nohup\.out|.*\.(?:skill|pid)",
    re.DOTALL,
)
_LOG = re.compile(r".*\.log(?:\.\d+)?(?:\.gz)?", re.DOTALL)
_LEDGER = re.compile(r".*\.(?:db|sqlite3?)(?:-(?:wal|shm|journal)|\.locks)?", re.DOTALL)
_TASKS_ON_TOP = frozenset({"evals", "validation_sets", "eval_queries.json"})
_TASKS_LIKE = re.compile(
    r"(?:evals?|tasks|benchmark|promptfooconfig)[\w-]*\.(?:ya?ml|jsonl?|csv)", re.DOTALL
)
_DATA = re.compile(r".*\.(?:ya?ml|jsonl?)", re.DOTALL)
_TASKS = re.compile(
    rb'^tasks:|"(?:checks|should_trigger|expectations|assertions)"\s*:', re.MULTILINE
)
_SNIFFED = 65_536


class Surroundings(NamedTuple):
    """What the belonging of files depends on beside their paths."""

    folder: str
    """The name of the skill's folder: a file of tasks has the same."""
    repository: bool = False
    """The folder is the root of a repository, whose other files are no skill's."""

    def why_left_out(self, path: str, data: bytes | None = None) -> Why | None:
        """Why a path in a skill's folder is no part of the skill; None where it is one.

        Args:
            path: with `/` between its parts, a folder's with one at its end.
            data: what a file holds, or the first of it: a file of tasks is known by that.
        """
        first, *below = path.split("/")
        everywhere = next(filter(None, map(why_anywhere, (first, *below))), None)
        if everywhere is not None:
            return everywhere
        if first.startswith(".") and not _KEYS_EXPLAINED.fullmatch(first):
            return Why.HIDDEN
        if first.lower() in _TASKS_ON_TOP:
            return Why.TASKS
        if below:
            return self._why_folder(first, path)
        return None if is_skill_md(first) else self._why_on_top(first, data)

    def left_out_of(self, paths: Iterable[str]) -> set[str]:
        """What of ``paths`` is no part of the skill: files, or the outermost folder of several."""
        found: set[str] = set()
        for path in paths:
            *folders, _ = with_folders(path)
            outermost = next((one for one in folders if self.why_left_out(f"{one}/")), path)
            if self.why_left_out(outermost if outermost == path else f"{outermost}/"):
                found.add(outermost)
        return found

    def _why_folder(self, first: str, path: str) -> Why | None:
        if is_skill_md(first):
            return Why.SKILL_MD
        if _OUTPUT_ON_TOP.fullmatch(first.lower()):
            return Why.OUTPUT
        if _LEDGER.fullmatch(first.lower()):
            return Why.OWN
        if first.lower() == "scripts" and _LOG.fullmatch(path.lower()):
            return Why.OUTPUT
        return Why.REPOSITORY if self.repository and first not in OWN_FOLDERS else None

    def _why_on_top(self, name: str, data: bytes | None) -> Why | None:
        lower = name.lower()
        if _OUTPUT_ON_TOP.fullmatch(lower) or _LOG.fullmatch(lower):
            return Why.OUTPUT
        if _LEDGER.fullmatch(lower):
            return Why.OWN
        named = _DATA.fullmatch(lower) is not None and name.startswith(f"{self.folder}.")
        tasks = data is not None and _DATA.fullmatch(lower) and _TASKS.search(data[:_SNIFFED])
        if named or tasks or _TASKS_LIKE.fullmatch(lower):
            return Why.TASKS
        return Why.REPOSITORY if self.repository else None


def why_anywhere(part: str) -> Why | None:
    """What the name of a file or folder says, wherever it stands in a path."""
    lower = part.lower()
    if lower in _TOOLS:
        return Why.TOOLS
    if ".skillopt" in lower or lower == "skillopt.toml":
        return Why.OWN
    if _KEYS.fullmatch(lower):
        return None if _KEYS_EXPLAINED.fullmatch(lower) else Why.KEYS
    return Why.TOOLS if _TOOLS_LIKE.fullmatch(lower) else None


def flaw_of_place(path: str, paths: Iterable[str], data: bytes) -> str | None:
    """What keeps a new file at ``path`` from being the skill's; None where nothing does.

    Nobody says here whether the folder is the root of a repository. It is none where the skill has
    files that would be left out there.

    Args:
        path: of the new file.
        paths: those of the skill's files.
        data: what it is to hold.
    """
    alone, in_repository = Surroundings(folder=""), Surroundings(folder="", repository=True)
    why = alone.why_left_out(path, data)
    if why is not None:
        return f"it would be left out of the skill ({why}); write `references/terms.md`"
    if in_repository.why_left_out(path, data) is None:
        return None
    if any(in_repository.why_left_out(one) is Why.REPOSITORY for one in paths):
        return None
    return f"new files go into {', '.join(f'{name}/' for name in OWN_FOLDERS)}"
