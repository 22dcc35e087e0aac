"""Texts that skills are made of, for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from skillopt.core.skill.skill import Skill

PIECES = (
    "---",
    "---\n",
    "---\r\n",
    "...\n",
    "name: x\n",
    "description: |\n",
    "nobody-knows: [1,\n",
    "\n",
    "\r\n",
    "\r",
    "# Top\n",
    "## Rules\r\n",
    "Setext\n======\n",
    "```python\n",
    "````md\n",
    "```\n",
    "# not a heading\n",
    "- one\n",
    "- two",
    "\u00e9\u0301",
    "👩‍👧",
    "日本語",
    "\u2028",
    "\t",
    " ",
    "<!-- skillopt:lock -->",
    "<!-- skillopt:unlock -->",
    "<!--",
    "-->",
    "word",
    "> quote\n",
    "\ufeff",
)
"""Line endings, fences, front matter in pieces, locks, and what Unicode has in store."""

bodies = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)
skills = st.builds(
    lambda bom, head, body: Skill(text=bom + head + body),
    st.sampled_from(("", "\ufeff")),
    st.sampled_from(
        (
            "",
            "---\nname: s\ndescription: d\nx-own: {a: 1}\n---\n",
            "---\r\nname: s\r\n---\r\n",
            "---\rname: s\r---\r",
            "---\nbroken: [\n---\n",
            "---\nname: s\n---",
        )
    ),
    bodies,
)
