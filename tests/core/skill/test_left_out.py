"""What lies around a SKILL.md and is no part of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.skill.edit import Create, Misfit, MisfitReason, Replace, apply
from skillopt.core.skill.left_out import OWN_FOLDERS, Surroundings, Why, flaw_of_place
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile

ALONE = Surroundings(folder="forms")
ROOT = Surroundings(folder="forms", repository=True)
LEFT_OUT = {
    Why.TOOLS: (
        ".git/config", "scripts/node_modules/a/b.js", "scripts/__pycache__/a.cpython-312.pyc",
        "references/.a.md.swp", "references/a.md~", "references/~$a.docx", "references/#a.md#",
        "assets/._logo.png", "scripts/run.py.orig", "Thumbs.db", "scripts/x.egg-info/PKG-INFO",
    ),
    Why.HIDDEN: (".gitignore", ".claude/settings.json", ".clawhub/origin.json"),
    Why.KEYS: (".env", "scripts/.env.local"),
    Why.OUTPUT: (
        "run.log", "run.log.2.gz", "scripts/run.log", "logs/a.md", "output/report.md", "out/a",
        "forms-workspace/iteration-1/eval.json", "nohup.out", "forms.skill", "tmp/x.md",
    ),
    Why.OWN: ("skillopt.toml", ".skillopt/x", "forms.skillopt/SKILL.md", "ledger.db-wal",
              "ledger.db.locks/run.lock"),
    Why.TASKS: ("evals/evals.json", "forms.yaml", "forms.triggers.yaml", "eval_queries.json"),
    Why.SKILL_MD: ("skill.md/a.md",),
}  # fmt: skip
OWN = (
    "SKILL.md", "README.md", "LICENSE", "forms.md", "run.js", "package.json", "uv.lock",
    "references/.gitkeep", "assets/site/.gitignore", "assets/sample.log", "assets/output/a.html",
    "scripts/tests/test_a.py", ".env.example", "sub/SKILL.md", "examples/tasks.yaml", "data.csv",
)  # fmt: skip
NAMES = st.sampled_from(
    [*OWN_FOLDERS, "terms.md", "a.py", "x.log", ".x", "out", "README.md", "node_modules", "themes"]
)
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)


@pytest.mark.parametrize(
    ("why", "path"), [(why, path) for why, paths in LEFT_OUT.items() for path in paths]
)
def test_what_tools_and_runs_leave_is_left_out(why: Why, path: str) -> None:
    assert ALONE.why_left_out(path) is why
    assert ROOT.why_left_out(path) is why


@pytest.mark.parametrize("path", OWN)
def test_the_rest_is_the_skills(path: str) -> None:
    assert ALONE.why_left_out(path) is None


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("SKILL.md", None),
        ("references/forms.md", None),
        ("forms.md", Why.REPOSITORY),
        ("LICENSE.txt", Why.REPOSITORY),
        ("scripts/src/a.py", None),
        ("README.md", Why.REPOSITORY),
        ("CHANGELOG", Why.REPOSITORY),
        ("AGENTS.md", Why.REPOSITORY),
        ("src/a.md", Why.REPOSITORY),
        ("package.json", Why.REPOSITORY),
    ],
)
def test_in_the_root_of_a_repository(path: str, why: Why | None) -> None:
    assert ROOT.why_left_out(path) is why


@pytest.mark.parametrize(
    "data", [b"tasks:\n- id: a\n", b'{"checks": []}', b'[{"should_trigger":1}]']
)
def test_tasks_are_known_by_what_they_hold(data: bytes) -> None:
    assert ALONE.why_left_out("more.json", data) is Why.TASKS
    assert ALONE.why_left_out("more.json") is ALONE.why_left_out("more.json", b"{}") is None
    assert ALONE.why_left_out("assets/more.json", data) is None


@given(path=PATHS, below=PATHS)
def test_what_is_in_a_folder_that_is_left_out_is_left_out(path: str, below: str) -> None:
    for surroundings in (ALONE, ROOT):
        if surroundings.why_left_out(f"{path}/") is not None:
            assert surroundings.why_left_out(f"{path}/{below}") is not None


def test_folders_stand_for_what_is_in_them() -> None:
    paths = ["SKILL.md", "src/a/b.py", "src/c.py", "scripts/run.log", "scripts/a.py", "Makefile"]

    assert ROOT.left_out_of(paths) == {"src", "scripts/run.log", "Makefile"}
    assert ALONE.left_out_of(paths) == {"scripts/run.log"}


@given(path=PATHS, around=st.sets(PATHS, max_size=4), root=st.booleans())
def test_an_edit_creates_only_what_will_be_read_again(
    path: str, around: set[str], *, root: bool
) -> None:
    where = Surroundings("forms", root)
    files = tuple(
        SkillFile(path=one, data=b"x") for one in around if where.why_left_out(one) is None
    )

    made = apply(Skill(text="# A\n", files=files), (Create(file=path, text="new"),))

    if isinstance(made, Skill):
        assert all(where.why_left_out(file.path, file.data) is None for file in made.files)


def test_a_new_file_says_where_it_may_be() -> None:
    for path, says in (
        ("output/a.md", "left out of the skill (logs and output)"),
        ("themes/a.md", "new files go into assets/, references/, scripts/"),
    ):
        made = apply(Skill(text="# A\n"), (Create(file=path, text="x"),))
        assert isinstance(made, Misfit)
        assert made.reason is MisfitReason.BAD_PATH
        assert says in made.detail
    assert flaw_of_place("themes/a.md", ["themes/b.md"], b"") is None


def test_an_edit_makes_no_file_a_set_of_tasks() -> None:
    data = SkillFile(path="more.yaml", data=b"rules:\n")
    edit = Replace(file="more.yaml", anchor="rules:", text="tasks:")

    made = apply(Skill(text="# A\n", files=(data,)), (edit,))

    assert isinstance(made, Misfit)
    assert "more.yaml would be read as tasks" in made.detail
