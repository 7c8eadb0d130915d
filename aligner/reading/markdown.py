"""Markdown: the text of headings, paragraphs, lists, quotes and tables, each line with its number in the file.

markdown-it-py was chosen because it follows the CommonMark specification and tells the lines of every block; regular
expressions would take code for text and lose text in nested lists. What is no text, such as code, goes to
``Document.skipped`` with the reason: every line of the file that is not blank is in one or the other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from aligner.data import Document, Dropped, Line
from aligner.errors import InputError
from aligner.reading.encodings import decode
from aligner.reading.lines import numbered_lines, split_softly

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

MARKDOWN_LIMIT = 10_000_000
"""Characters in one Markdown file. The parser takes some 5 seconds for each million; plain text has no such limit."""

_REASONS = {"fence": "code block", "code_block": "code block", "html_block": "HTML in Markdown"}
_OFFSET = "offset"  # where in its block's source a line break was found
_LINE_BREAK_TAG = re.compile(r"<br\s*/?>", re.IGNORECASE)
_FRONT_MATTER_LINE = re.compile(r"[\w.-]+:(\s|$)|[#\s]|-\s|$")


def read_markdown(data: bytes, name: str, encoding: str | None, source: int) -> Document:
    """Read CommonMark with tables; ``opens`` is true for the first line of every paragraph, heading, item and cell.

    Raises what ``decode`` does, and InputError above ``MARKDOWN_LIMIT``.
    """
    decoded = decode(data, name, encoding)
    if len(decoded.text) > MARKDOWN_LIMIT:
        raise InputError(f"{name} is too long for Markdown (over {MARKDOWN_LIMIT:,} characters). Save it as .txt.")
    rows = numbered_lines(decoded.text)
    lines, skipped = _read_rows(rows, source)
    return Document(tuple(lines), name, decoded.encoding, decoded.warnings, tuple(skipped))


def _read_rows(rows: list[str], source: int) -> tuple[list[Line], list[Dropped]]:
    start = _front_matter(rows)
    skipped = _skip(rows, 0, start, "front matter", source)
    tokens = _parser().parse("\n".join([""] * start + rows[start:]))
    lines: list[Line] = []
    for token in tokens:
        if token.map and token.type in _REASONS:
            skipped += _skip(rows, token.map[0], token.map[1], _REASONS[token.type], source)
        elif token.type == "inline":
            block_lines, block_skipped = _read_block(token, rows, source)
            lines += block_lines
            skipped += block_skipped
    skipped += _surplus_cells(tokens, rows, source)
    seen = {line.number for line in lines} | {entry.line for entry in skipped}
    for row in range(len(rows)):
        if row + 1 not in seen:
            skipped += _skip(rows, row, row + 1, "Markdown markup", source)
    return lines, sorted(skipped, key=lambda entry: entry.line)


def _skip(rows: Sequence[str], start: int, stop: int, reason: str, source: int) -> list[Dropped]:
    """Entries for the rows ``start`` to ``stop - 1``, counted from 0, that are not blank."""
    return [Dropped(rows[i], i + 1, reason, source) for i in range(start, min(stop, len(rows))) if rows[i].strip()]


def _front_matter(rows: Sequence[str]) -> int:
    """The number of rows that YAML front matter takes up; 0 where the text between two rulers is not YAML."""
    if not rows or rows[0].rstrip() != "---":
        return 0
    for i, row in enumerate(rows[1:], start=1):
        if row.rstrip() in {"---", "..."}:
            return i + 1 if i > 1 else 0
        if not _FRONT_MATTER_LINE.match(row):
            return 0
    return 0


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import escape, newline

    parser = MarkdownIt("commonmark", {"maxNesting": 100}).enable("table")
    parser.disable("normalize")  # it would turn NUL into U+FFFD; line breaks are unified before
    for name, rule in (("newline", newline), ("escape", escape)):
        parser.inline.ruler.at(name, _noting_offsets(rule))
    return parser


def _noting_offsets(rule: Callable[[StateInline, bool], bool]) -> Callable[[StateInline, bool], bool]:
    """The inline rule, noting in each break token where it stands; the parser itself tells only a block's lines."""

    def noting(state: StateInline, silent: bool) -> bool:
        start, before = state.pos, len(state.tokens)
        matched = rule(state, silent)
        for token in state.tokens[before:]:
            token.meta[_OFFSET] = start
        return matched

    return noting


def _read_block(token: Token, rows: Sequence[str], source: int) -> tuple[list[Line], list[Dropped]]:
    """The lines of one paragraph, heading or cell, and what of it is no text."""
    first = token.map[0] if token.map else 0
    lines: list[Line] = []
    skipped: list[Dropped] = []
    for start, stop, text, comments in _pieces(token):
        number = first + start + 1
        for i, comment in enumerate(comments):
            skipped.append(Dropped(comment, min(number + i, first + stop), "HTML in Markdown", source))
        if not text.strip():
            continue
        lines += split_softly(Line(text, number, source, opens=not lines))
        after_comment = number + max(0, len(comments) - 1)
        skipped += _skip(rows, after_comment, first + stop, f"continues line {number}, where its text is", source)
    return lines, skipped


def _pieces(token: Token) -> Iterator[tuple[int, int, str, list[str]]]:
    """Each line of a block: its first row and the one after its last, counted within the block; text; comments' rows.

    A line has several rows where a link, a comment or code goes on over a line break.
    """
    row = position = 0
    text = ""
    comments: list[str] = []
    for child in token.children or ():
        if child.type in {"softbreak", "hardbreak"}:
            end = token.content.index("\n", child.meta[_OFFSET]) + 1
            stop = row + token.content.count("\n", position, end)
            yield row, stop, text, comments
            row, position, text, comments = stop, end, "", []
        elif child.type == "html_inline" and _LINE_BREAK_TAG.fullmatch(child.content):
            yield row, row + 1, text, comments
            text, comments = "", []
        elif child.type == "html_inline" and child.content.startswith(("<!", "<?")):
            comments += child.content.split("\n")
        else:
            text += _plain(child)
    yield row, row + token.content.count("\n", position) + 1, text, comments


def _plain(token: Token) -> str:
    """The text that a reader of the page sees."""
    if token.type == "image":
        return "".join(_plain(child) for child in token.children or ())
    if token.type in {"softbreak", "hardbreak"}:
        return " "
    return "" if token.type == "html_inline" else token.content


def _surplus_cells(tokens: Sequence[Token], rows: Sequence[str], source: int) -> Iterator[Dropped]:
    """Cells beyond a table's last column, which the specification tells parsers to ignore."""
    from markdown_it.rules_block.table import escapedSplit

    columns = 0
    for token in tokens:
        if token.type == "table_open":
            columns = 0
        columns += token.type == "th_open"
        if token.type == "tr_open" and token.map and columns:
            cells = escapedSplit(rows[token.map[0]].lstrip(" \t>").removeprefix("|").rstrip().removesuffix("|"))
            surplus = "|".join(cells[columns:])
            if surplus.strip():
                yield Dropped(surplus, token.map[0] + 1, "table cell without a column", source)
