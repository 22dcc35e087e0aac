"""Texts that try to be more than text, and what a parser makes of a page with them."""

from __future__ import annotations

from html.parser import HTMLParser

HOSTILE = (
    "</style></script></title></svg></textarea>-->]]><script>alert(1)</script>"
    "<img src=x onerror=alert(1)>\" onmouseover='alert(1)' `x` {{ 7 * 7 }} {% raw %}"
    "javascript:alert(1) <svg/onload=alert(1)> &lt; [a](javascript:alert(1)) ![x](https://evil.test/x.png)"
    " @someone #12 https://evil.test www.evil.test \u202egnp.exe\u2066\u200b | $x$ <!-- "
)
"""Ends with a blank, so that it can stand before another text."""

VOID = {"meta", "link", "img", "br", "hr", "input", "col", "source", "wbr", "area", "base", "embed"}


class Page(HTMLParser):
    """Elements and attributes of a page, and whether it is well nested."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text: list[str] = []
        self.ids: list[str] = []
        self.wrong: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        self.wrong += self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self.ids += [value or "" for name, value in attrs if name == "id"]

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self._open or self._open.pop() != tag:
            self.wrong.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.text.append(data)
