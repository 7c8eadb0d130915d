"""Where one line of text ends and the next begins."""

from __future__ import annotations

import re

from aligner.data import Line

# What people see as a new line though no editor counts it: vertical tab (a soft break pasted from Word or PowerPoint),
# form feed (a page break in text made from a PDF) and Unicode's line and paragraph separators. U+0085 is not among
# them: in UTF-8 text it is what a wrong conversion leaves of "…"; nor are the separators 1C to 1E, which are data.
_SOFT_BREAK = re.compile(r"[\v\f\u2028\u2029]")


def unify_breaks(text: str) -> str:
    r"""Make every line break, ``\r\n``, ``\r`` or ``\n``, a ``\n``: those that editors and grep count.

    >>> unify_breaks("a\r\nb\rc\n")
    'a\nb\nc\n'
    """
    if "\r" not in text:
        return text
    return text.replace("\r\n", "\n").replace("\r", "\n")


def numbered_lines(text: str) -> list[str]:
    r"""The lines of ``text``; the one with the number n is at n - 1. A break at the end opens no further line.

    >>> numbered_lines("a\r\n\r\nb\n")
    ['a', '', 'b']
    """
    lines = unify_breaks(text).split("\n")
    if not lines[-1]:
        lines.pop()
    return lines


def split_softly(line: Line) -> list[Line]:
    """Divide a line at soft breaks; the parts share its number, so that numbers stay those an editor shows."""
    if not _SOFT_BREAK.search(line.text):
        return [line]
    parts = _SOFT_BREAK.split(line.text)
    return [Line(part, line.number, line.source, line.opens and i == 0) for i, part in enumerate(parts)]
