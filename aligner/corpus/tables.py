"""The columns of what a corpus run writes: ``pairs``, ``dropped``, ``documents`` and ``matches``, Parquet each.

A row's place is ``(document, position)`` in ``pairs``, ``(document, file, line)`` in ``dropped``; nothing in a row
depends on the time, the machine or the engine, so that two runs over the same input hold the same rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aligner.corpus.blocks import BlockReport

if TYPE_CHECKING:
    from pyarrow import Schema

Row = dict[str, Any]


@dataclass
class Rows:
    """Rows of the tables, in the order of the documents; ``profiles`` are of those to be matched with others."""

    pairs: list[Row] = field(default_factory=list)
    dropped: list[Row] = field(default_factory=list)
    documents: list[Row] = field(default_factory=list)
    profiles: list[Row] = field(default_factory=list)

    def report(self, number: int) -> BlockReport:
        """That they are all of the block with that number."""
        return BlockReport(number, len(self.documents))


def pairs_schema() -> Schema:
    """Kept pairs: ``position`` counts the pairs of a document from 0, before any filter; lengths are in characters.

    ``bead`` is its type, English first, as in ``"1-2"``; ``flags`` are what a filter saw and let pass.
    """
    import pyarrow as pa

    return pa.schema(
        [
            ("document", pa.string()),
            ("position", pa.int32()),
            ("en", pa.string()),
            ("zh", pa.string()),
            ("confidence", pa.float32()),
            ("bead", pa.string()),
            ("en_characters", pa.int32()),
            ("zh_characters", pa.int32()),
            ("flags", pa.list_(pa.string())),
        ]
    )


def dropped_schema() -> Schema:
    """What is in no pair, each with its reason: lines of a document, or a pair that a filter left out.

    For a line, ``line`` counts from 1 in the first (``file`` 0) or the second (1) file of a pair, and its text stands
    in ``text``; for a pair, ``position`` is its place as in ``pairs`` and ``en`` and ``zh`` hold it. The rest is null.
    ``duplicate_of`` is ``document:position`` of the pair that is kept in its place.
    """
    import pyarrow as pa

    return pa.schema(
        [
            ("document", pa.string()),
            ("file", pa.int8()),
            ("line", pa.int32()),
            ("position", pa.int32()),
            ("text", pa.string()),
            ("en", pa.string()),
            ("zh", pa.string()),
            ("confidence", pa.float32()),
            ("reason", pa.string()),
            ("duplicate_of", pa.string()),
        ]
    )


def documents_schema() -> Schema:
    """One row a document of the input, whatever became of it.

    ``source`` names its files; ``outcome`` is ``"aligned"`` or why there are no pairs, ``detail`` the whole message;
    ``pairs`` counts what was kept, ``filtered`` the pairs left out, ``dropped_lines`` the lines in no pair.
    """
    import pyarrow as pa

    return pa.schema(
        [
            ("document", pa.string()),
            ("source", pa.list_(pa.string())),
            ("outcome", pa.string()),
            ("detail", pa.string()),
            ("en_sentences", pa.int32()),
            ("zh_sentences", pa.int32()),
            ("pairs", pa.int32()),
            ("filtered", pa.int32()),
            ("dropped_lines", pa.int32()),
            ("script", pa.string()),
        ]
    )


def profiles_schema() -> Schema:
    """What documents in one language are matched by, within their ``group``, such as a site; not in the output."""
    import pyarrow as pa

    return pa.schema(
        [
            ("document", pa.string()),
            ("group", pa.string()),
            ("language", pa.string()),
            ("mean", pa.binary()),
            ("segments", pa.binary()),
            ("length", pa.int64()),
        ]
    )


def matches_schema() -> Schema:
    """English and Chinese documents found to translate each other, and the ones left over, one side null.

    ``score`` is the similarity, ``margin`` what it is ahead of the best rival of either document.
    """
    import pyarrow as pa

    return pa.schema(
        [
            ("english", pa.string()),
            ("chinese", pa.string()),
            ("score", pa.float32()),
            ("margin", pa.float32()),
            ("reason", pa.string()),
        ]
    )
