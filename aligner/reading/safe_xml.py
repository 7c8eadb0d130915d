"""XML from strangers: no entities but XML's own five, no DTD, no network, and the parser's limits on depth and size."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from aligner.errors import InputError

if TYPE_CHECKING:
    from lxml.etree import _Element

_SAFE = {"resolve_entities": False, "no_network": True, "load_dtd": False, "dtd_validation": False, "huge_tree": False}


def parse_xml(data: bytes, name: str) -> _Element:
    """The root of an XML document. Raises InputError for damaged XML, and for one that declares entities."""
    from lxml import etree

    try:
        root = etree.fromstring(data, etree.XMLParser(**_SAFE))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _damaged(name, error) from error
    _refuse_entities(root, name)
    return root


def iterate_xml(data: bytes, name: str, encoding: str | None = None) -> Iterator[tuple[str, _Element]]:
    """Yield ("start" or "end", element) while parsing; the caller clears what it is done with.

    ``encoding`` overrules what the document says of itself. Raises what ``parse_xml`` does.
    """
    from lxml import etree

    try:
        events: Any = etree.iterparse(io.BytesIO(data), events=("start", "end"), encoding=encoding, **_SAFE)
        for count, (event, element) in enumerate(events):
            if count == 0:
                _refuse_entities(element, name)
            yield event, element
    except (etree.XMLSyntaxError, LookupError, ValueError) as error:
        raise _damaged(name, error) from error


def local(element: _Element) -> str:
    """The element's name without its namespace; "" for comments and the like."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


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
    what = str(error).splitlines()[0] if str(error) else "it is empty"
    return InputError(f"{name} is not well-formed XML ({what}). Get a whole copy of it, or check its suffix.")
