from __future__ import annotations

import json

import pytest

from skillopt.adapters.practice.loading import choose

SKILLS = "\n".join(
    json.dumps({"name": name, "description": said})
    for name, said in [
        ("sort-letters", "Sorts letters by desk. Use when letters arrive."),
        ("write-lines", "Writes changelog lines from notes."),
    ]
)


def chosen(text: str, **more: float) -> list[str]:
    loaded: list[str] = json.loads(choose(SKILLS, text, **more))["load"]  # type: ignore[arg-type]
    return loaded


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Please sort the letter that arrived", ["sort-letters"]),
        ("A changelog line from my note", ["write-lines"]),
        ("Letters are fun", []),
        ("When will the train arrive?", []),
        ("", []),
        ("sort letters; write changelog lines: letters, notes, lines", ["write-lines"]),
    ],
)
def test_it_loads_what_shares_the_most_words(text: str, names: list[str]) -> None:
    assert chosen(text) == names


def test_noise_is_seeded() -> None:
    drawn = [chosen("Sort the letters by desk", seed=seed, noise=0.5) for seed in range(200)]
    assert drawn == [
        chosen("Sort the letters by desk", seed=seed, noise=0.5) for seed in range(200)
    ]
    assert 50 < sum(map(bool, drawn)) < 150  # beyond: 1 in 10^12


def test_odd_lists() -> None:
    odd = "\n".join(("not JSON", "[1]", "{}", "[" * 5000))
    assert json.loads(choose(odd, "sort letters")) == {"load": []}
