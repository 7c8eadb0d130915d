"""XML read element by element, from files that nobody vouches for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from aligner.errors import InputError

if TYPE_CHECKING:
    from lxml.etree import _Element

# Inline elements that hold a format's own codes, and so no text of the segment (TMX 1.4, XLIFF 1.2 and 2).
_CODES = {"bpt", "ept", "it", "ph", "ut"}
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def elements(path: Path, names: Sequence[str]) -> Iterator[tuple[str, _Element]]:
    """The start and end of every element of these names, whatever the namespace, as ``("start", element)``.

    After its end an element is emptied, so that memory does not grow with the file. Nothing outside the file is read,
    and entities are not replaced. Raises InputError for XML that is unsound or declares entities.
    """
    from lxml import etree

    with path.open("rb") as stream:
        events = etree.iterparse(
            stream,
            events=("start", "end"),
            tag=[f"{{*}}{name}" for name in names],
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            for number, (event, element) in enumerate(events):
                if not number:
                    _refuse_entities(element, path)
                yield event, element
                if event == "end":
                    _forget(element)
        except etree.XMLSyntaxError as error:
            raise InputError(f"{path} is no sound XML: {error.msg}.") from error


def local_name(element: _Element) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def children(parent: _Element, name: str) -> list[_Element]:
    """The children of that name, whatever the namespace."""
    return [child for child in parent if isinstance(child.tag, str) and local_name(child) == name]


def language(element: _Element) -> str:
    """The element's ``xml:lang``, or ``lang`` as old files have it."""
    return str(element.get(_XML_LANG) or element.get("lang") or "")


def inline_text(element: _Element) -> str:
    """The text of a segment, without the codes of whatever format it was in.

    XLIFF's ``<cp>`` is the character that it names. Raises InputError for an entity, which nothing says how to read.
    """
    parts = [element.text or ""]
    for child in element:
        if not isinstance(child.tag, str):
            raise InputError(f"The XML entity {child.text} is used but not defined. Put its character in its place.")
        name = local_name(child)
        if name == "cp":
            parts.append(_character(child.get("hex", "")))
        elif name not in _CODES:
            parts.append(inline_text(child))
        parts.append(child.tail or "")
    return "".join(parts)


def codes(element: _Element) -> int:
    """How many inline elements a segment has whose meaning its text does not hold."""
    return sum(isinstance(child.tag, str) and local_name(child) != "cp" for child in element.iterdescendants())


def _character(hexadecimal: str) -> str:
    try:
        return chr(int(hexadecimal, 16))
    except (ValueError, OverflowError):
        return "\ufffd"


def _refuse_entities(element: _Element, path: Path) -> None:
    declared = element.getroottree().docinfo.internalDTD
    if declared is not None and any(True for _ in declared.iterentities()):
        raise InputError(f"{path} declares XML entities, which can be an attack and are not read. Remove them.")


def _forget(element: _Element) -> None:
    element.clear(keep_tail=False)
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
