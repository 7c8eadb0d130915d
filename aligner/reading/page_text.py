"""The text of an HTML page, paragraph by paragraph in the order of the page; for saved pages and the parts of a book.

trafilatura was tried for telling the main text. It keeps one container of a page: on 5 of 20 layouts of a bilingual
page with both languages in containers of their own (two articles, two sections, two tabs, nested tables) it gave one
language and left out the other, and it brings 55 MB. So a page's own marks (``nav``, ``footer`` and the roles of ARIA)
say what is certainly no article; anything else is left to cleaning, which drops only what has no translation.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aligner.errors import InputError
from aligner.reading.gathering import Gathering
from aligner.reading.safe_xml import local

if TYPE_CHECKING:
    from lxml.etree import _Element

_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "button", "caption", "center", "dd", "details", "dialog"}
    | {"dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5"}
    | {"h6", "header", "hgroup", "hr", "html", "legend", "li", "main", "menu", "nav", "noscript", "ol", "p", "pre"}
    | {"search", "section", "select", "summary", "table", "tbody", "td", "textarea", "tfoot", "th", "thead", "title"}
    | {"tr", "ul"}
)
_NO_TEXT = frozenset(
    {"audio", "canvas", "embed", "iframe", "math", "object", "script", "style", "svg", "template", "video"}
)
_READING_AIDS = ("rt", "rp")
_REASONS = {
    "nav": "navigation of the page",
    "menu": "navigation of the page",
    "aside": "side column of the page",
    "footer": "foot of the page",
    "title": "title of the window",
    "noscript": "shown only without JavaScript",
    **dict.fromkeys(("button", "select", "textarea"), "form control"),
}
_ROLES = {
    "navigation": _REASONS["nav"],
    "menu": _REASONS["nav"],
    "menubar": _REASONS["nav"],
    "complementary": _REASONS["aside"],
    "contentinfo": _REASONS["footer"],
    "search": "form control",
}
_READING_AID = "reading aid above the characters"

# The white space that browsers collapse; no-break and Chinese spaces are text. A line of source that is broken between
# Chinese characters goes on without a space.
_SPACE = re.compile(r"[ \t\n\r\f]+")
_BROKEN_CHINESE = re.compile(r"(?<=[\u2e80-\u9fff\uff00-\uff60])[ \t]*[\r\n\f]\s*(?=[\u2e80-\u9fff\uff00-\uff60])")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_LINE_BREAK, _PARAGRAPH = "\v", "\f"
_DECLARATIONS = re.compile(r"<!doctype[^<>\[]*\[.*?\]\s*>", re.IGNORECASE | re.DOTALL)
_HEAD = 1000  # characters in which a document type is named


def parse_html(text: str, name: str) -> _Element | None:
    """Parse a page, however faulty; None if it is empty. Raises InputError for one that is nested beyond reason."""
    from lxml import etree

    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True)
    try:
        root = etree.fromstring(_without_declarations(text).encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if any("depth" in entry.message.lower() for entry in parser.error_log):
        raise InputError(f"{name} is nested too deeply to be a page. Save its text as .txt.")
    return root


def _without_declarations(text: str) -> str:
    """Leave out a document type that makes declarations, as in XHTML: parsers of HTML take the end of it for text."""
    start = text[:_HEAD].lower().find("<!doctype")
    found = _DECLARATIONS.match(text, start) if start >= 0 else None
    return text[:start] + text[found.end() :] if found else text


def gather_page(root: _Element, gathering: Gathering) -> None:
    """Add a page's paragraphs; a table's cells come row by row, menus and the like go to what is skipped."""
    from lxml import etree

    walk = _Walk(gathering)
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event == "start":
            walk.enter(element)
        else:
            if event == "end":
                walk.leave(element)
            if element is not root:
                walk.write(element.tail)
    walk.flush()


class _Walk:
    """Where a walk through a page stands: the paragraph at hand, and what the elements around it say of it."""

    def __init__(self, gathering: Gathering) -> None:
        self._gathering = gathering
        self._parts: list[str] = []
        self._aids: list[str] = []
        self._silent = self._aid = self._preformatted = self._articles = 0
        self._reasons: list[str] = []

    def enter(self, element: _Element) -> None:
        """Go into an element and read its text."""
        tag = local(element)
        if tag in _BLOCKS:
            self.flush()
        self._count(element, tag, 1)
        if tag == "br":
            self._parts.append(_LINE_BREAK)
        self.write(element.text)

    def leave(self, element: _Element) -> None:
        """Come out of an element, before what follows it."""
        tag = local(element)
        if tag in _BLOCKS:
            self.flush()
        self._count(element, tag, -1)

    def _count(self, element: _Element, tag: str, step: int) -> None:
        self._silent += step * (tag in _NO_TEXT)
        self._aid += step * (tag in _READING_AIDS)
        self._preformatted += step * (tag == "pre")
        self._articles += step * (tag == "article")
        reason = _ROLES.get(element.get("role", ""), _REASONS.get(tag, ""))
        if reason and step > 0:
            inside = tag == "footer" and self._articles  # may hold the article's last lines
            self._reasons.append("" if inside else reason)
        elif reason:
            self._reasons.pop()

    def write(self, text: str | None) -> None:
        """Add text at the present place."""
        if not text or self._silent:
            return
        if self._aid:
            self._aids.append(text)
            return
        text = text.replace("\v", " ")
        self._parts.append(_BLANK_LINE.sub(_PARAGRAPH, text) if self._preformatted else text.replace("\f", " "))

    def flush(self) -> None:
        """End the paragraph."""
        reason = next(filter(None, self._reasons), "")
        for paragraph in "".join(self._parts).split(_PARAGRAPH):
            text = _SPACE.sub(" ", _BROKEN_CHINESE.sub("", paragraph)).strip(" ")
            if reason:
                self._gathering.skip(text.replace(_LINE_BREAK, " "), reason)
            else:
                self._gathering.add(text)
        self._gathering.skip(_SPACE.sub(" ", " ".join(self._aids)), _READING_AID)
        self._parts, self._aids = [], []
