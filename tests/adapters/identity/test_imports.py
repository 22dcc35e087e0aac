"""A function follows the modules of one's own that it imports only when it is called."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

FILES = {
    "agents.py": """
        def lazy(skill, question):
            import helper
            return helper.say()
        """,
    "named.py": """
        import importlib
        def lazy(skill, question):
            return importlib.import_module("inner").SAID
        """,
    "package/__init__.py": "",
    "package/agents.py": """
        def lazy(skill, question):
            from .inside import more
            return more.SAID
        """,
    "package/inside/__init__.py": "",
    "package/inside/more.py": "from ..top import SAID",
    "package/top.py": "SAID = 'a'",
    "helper.py": "from inner import SAID\ndef say(): return SAID",
    "inner.py": "SAID = 'a'",
    "queue.py": "SAID = 'a'\ndef lazy(skill, question): return SAID",
    "other.py": "SAID = 'a'",
}


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_dedented(text))


def _dedented(text: str) -> str:
    lines = text.strip("\n").splitlines()
    margin = len(lines[0]) - len(lines[0].lstrip()) if lines else 0
    return "\n".join(line[margin:] for line in lines)


def identity(folder: Path, module: str) -> str:
    told = (
        "from skillopt.adapters.user_code import identity_of; import sys, importlib.util\n"
        f"sys.path.insert(0, {str(folder)!r}); sys.modules.pop({module!r}, None)\n"
        f"import {module} as found\nprint(identity_of('target', found.lazy, None))"
    )
    return subprocess.run(
        [sys.executable, "-B", "-c", told],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip


@pytest.mark.parametrize(
    ("module", "edited"),
    [
        ("agents", "helper.py"),
        ("agents", "inner.py"),
        ("named", "inner.py"),
        ("package.agents", "package/inside/more.py"),
        ("package.agents", "package/top.py"),
        ("queue", "queue.py"),
    ],
)
def test_an_edited_import_is_another_target(module: str, edited: str, tmp_path: Path) -> None:
    for name, text in FILES.items():
        write(tmp_path, name, text)
    before = identity(tmp_path, module)
    assert "unknown=None" in before
    write(tmp_path, "other.py", "SAID = 'b'")
    assert identity(tmp_path, module) == before
    write(tmp_path, edited, FILES[edited].replace("'a'", "'b'") + "\nMORE = 1\nSAID = 'b'")
    assert identity(tmp_path, module) != before
