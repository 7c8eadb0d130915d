"""Text that a spreadsheet would run as a formula, and the apostrophe that keeps it from that in CSV."""

from __future__ import annotations

import re

# What spreadsheets take for a formula: a sign, full-width ones too, even after white space, or a leading tab or line
# break (https://owasp.org/www-community/attacks/CSV_Injection). Text that has an apostrophe before it is guarded as
# well, so that every guard can be told from an apostrophe of the text's own.
_FORMULA = "(?:[\t\r\n]|[\\s\0-\x1f\ufeff]*[=+\\-@＝＋－＠])"
_GUARDED = re.compile(f"'+{_FORMULA}")
_TO_GUARD = re.compile(f"'*{_FORMULA}")


def guard(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet could take it for a formula.

    >>> guard("=1+1"), guard("1+1=2"), guard("- 好的。")
    ("'=1+1", '1+1=2', "'- 好的。")
    """
    return f"'{text}" if _TO_GUARD.match(text) else text


def unguard(text: str) -> str:
    """What ``guard`` was given.

    >>> unguard(guard("'=1+1")), unguard("'Tis so.")
    ("'=1+1", "'Tis so.")
    """
    return text[1:] if _GUARDED.match(text) else text
