"""XML from strangers: no entities but XML's own five, no DTD, no network, and the parser's limits on depth and size."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from aligner.errors import InputError
from aligner.reading.kinds import require_bytes, require_text

if TYPE_CHECKING:
    from lxml.etree import _Element

_SAFE = {"resolve_entities": False, "no_network": True, "load_dtd": False}


def parse_xml(data: bytes, name: str) -> _Element:
    """The root of an XML document. Raises InputError for damaged XML, and for one that declares entities."""
    from lxml import etree

    try:
        root = etree.fromstring(data, etree.XMLParser(**_SAFE))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _damaged(name, error) from error
    _refuse_entities(root, name)
    return root


def _root_name(stream: BinaryIO, name: str, encoding: str | None) -> str:
    """The name of the root element, without its namespace; refuses entities before any of them is met."""
    from lxml import etree

    try:
        events: Any = etree.iterparse(stream, events=("start",), encoding=encoding, **_SAFE)
        for _, element in events:
            _refuse_entities(element, name)
            return local(element)
    except (etree.XMLSyntaxError, LookupError, ValueError) as error:
        raise _damaged(name, error) from error
    return ""


def iterate_xml(
    stream: BinaryIO, name: str, root: str, tags: Sequence[str], encoding: str | None = None
) -> Iterator[tuple[bool, _Element]]:
    """Yield the elements of these names, whatever their namespace: ``(False, element)`` where one begins.

    ``(True, element)`` comes where it ends; then it is emptied, so that memory does not grow with the file.
    ``encoding`` overrules what the document says of itself. Raises what ``parse_xml`` does, and InputError for a
    document that begins with another element than ``root``.
    """
    from lxml import etree

    if not stream.seekable():
        stream = io.BytesIO(stream.read())
    require_bytes(stream, name)
    require_text(stream, name)
    found = _root_name(stream, name, encoding)
    if found != root:
        raise InputError(f"{name} is no {root.upper()} file: it begins with <{found}>. Check its suffix.")
    stream.seek(0)
    try:
        events: Any = etree.iterparse(
            stream,
            events=("start", "end"),
            tag=[f"{{*}}{tag}" for tag in tags],
            encoding=encoding,
            remove_comments=True,
            remove_pis=True,
            huge_tree=True,  # tools keep the whole document in one element; without entities it can't grow
            **_SAFE,
        )
        for event, element in events:
            yield event == "end", element
            if event == "end":
                _forget(element)
    except (etree.XMLSyntaxError, LookupError, ValueError) as error:
        raise _damaged(name, error) from error


def local(element: _Element) -> str:
    """The element's name without its namespace; "" for comments and the like."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(parent: _Element, tag: str) -> list[_Element]:
    """The children of that name, whatever their namespace."""
    return [child for child in parent if local(child) == tag]


def _forget(element: _Element) -> None:
    """Free the memory of an element that was read, and of those before it."""
    element.clear(keep_tail=False)
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _refuse_entities(element: _Element, name: str) -> None:
    document_type = element.getroottree().docinfo.internalDTD
    if document_type is not None and any(True for _ in document_type.iterentities()):
        raise _entities(name)


def _entities(name: str) -> InputError:
    return InputError(
        f"{name} declares entities of its own in XML, which can fetch other files or grow without end. "
        "It is refused; remove the declarations if you trust it."
    )


def _damaged(name: str, error: Exception) -> InputError:
    if "amplification" in str(error):  # entities in attributes and in each other are stopped by the parser itself
        return _entities(name)
    what = str(getattr(error, "msg", "") or error).splitlines() or ["it is empty"]  # msg is without the file's name
    return InputError(f"{name} is not well-formed XML ({what[0]}). Get a whole copy of it, or check its suffix.")
