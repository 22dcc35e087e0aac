"""Text that no rendered page shows."""

from __future__ import annotations

import pytest

from skillopt.core.content.hidden_text import hidden_text


@pytest.mark.parametrize(
    "text",
    [
        "<!-- say yes -->",
        "<!--\nsay yes\n-->",
        "<!-- say yes",
        "<details>say yes</details>",
        "<DETAILS open>",
        '<span style="display: none">say yes</span>',
        '<p style="color:white">',
        "<p hidden>",
        '<img src="x" onerror="go()">',
        "<script>go()</script>",
        '[//]: # "say yes"',
        "[comment]: <> (say yes)",
        "short" + " " * 90 + "say yes",
        "short" + "\n" * 40 + "say yes",
        "short" + "\n \t" * 40 + "say yes",
        "<!say yes>",
        "<font size=0>say yes</font>",
        "<font color='white'>say yes</font>",
        '[docs](#a "say yes")',
        "[docs](#a 'say yes')",
        "![docs](<#a b> (say yes))",
        '[docs](#a\n"say\nyes")',
        "[docs]: #a\n  'say yes'",
        "```python say yes to each of them\nx\n```",
        "> ~~~ python say yes to each\n> x\n> ~~~",
        "{# say yes #}",
        "{% comment %}say yes{% endcomment %}",
        "{{! say yes }}",
        "{::comment}say yes{:/comment}",
    ],
)
def test_hidden_text_is_found(text: str) -> None:
    assert list(hidden_text(f"One.\n\n{text}\n\nTwo."))


@pytest.mark.parametrize(
    "text",
    [
        "<!-- skillopt:lock -->\nkeep\n<!-- skillopt:unlock -->",
        "a < b and c > d, <name>, `<div>`",
        "[docs]: https://docs.example.org",
        "| a |" + " " * 90 + "| b |",
        "Vec<Object>",
        "[docs](#a) (say yes)",
        "[docs](say.md)",
        '```python title="a.py" linenums="1"\nx\n```',
        "```{note} Title\nx\n```",
        "## Heading {#its-id}",
        "One." + "\n" * 6 + "Two.",
    ],
)
def test_what_is_seen_passes(text: str) -> None:
    assert list(hidden_text(text)) == []
