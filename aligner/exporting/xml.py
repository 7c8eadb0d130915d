"""What the XML formats have in common."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lxml.etree import _Element

# The production Char of XML 1.0: https://www.w3.org/TR/xml/#charsets
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
XML = "http://www.w3.org/XML/1998/namespace"
XML_LANG = f"{{{XML}}}lang"

# lxml would write the declaration with single quotes, which are right but strange to simple-minded readers.
DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def child(parent: _Element, tag: str, text: str | None = None, **attributes: str) -> Any:
    """A new child element."""
    from lxml import etree

    element = etree.SubElement(parent, tag, **attributes)
    element.text = text
    return element


def blank_notes(number: int) -> tuple[str, ...]:
    """The report on pairs that lack a side, if there were any."""
    return (f"pairs with an empty side, left out: {number:,}",) if number else ()
