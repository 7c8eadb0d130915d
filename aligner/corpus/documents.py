"""One document of the input: what it is called, where its text is, and what can be wrong with it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyarrow import Schema

ALIGNED = "aligned"
NO_PAIRS = "no pairs"  # both languages are there, and nothing is surely parallel
ONE_LANGUAGE = "one language"  # and no document in the other language matches it
EMPTY = "empty"
UNREADABLE = "unreadable"
UNKNOWN_FORMAT = "unknown format"
MISSING = "missing file"
DUPLICATE_ID = "duplicate id"
CRASH = "crash"
TIME_OUT = "time-out"
OUT_OF_MEMORY = "out of memory"


@dataclass(frozen=True, slots=True)
class Part:
    """One text of a document: a file, a record of an archive that begins at ``offset``, or the ``text`` itself.

    ``name`` is for people, and the same wherever the input lies. ``suffix`` tells the format, ``size`` the bytes.
    """

    name: str
    path: str = ""
    suffix: str = ".txt"
    size: int = 0
    offset: int = -1
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Why there are no pairs of a document: an ``outcome`` of the table of documents, and the whole message."""

    outcome: str
    detail: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A document: one part that may hold both languages, or an English and a Chinese one.

    ``stamp`` changes when its files do. ``group`` is the site of a page: documents that are not bilingual are matched
    within it. ``problem`` is what was wrong with it already when the input was listed.
    """

    id: str
    parts: tuple[Part, ...]
    stamp: str = ""
    group: str = ""
    problem: Problem | None = None

    @property
    def size(self) -> int:
        """Its bytes, for dividing work evenly."""
        return sum(part.size for part in self.parts)


def plan_schema() -> Schema:
    """The columns of a stored list of entries."""
    import pyarrow as pa

    part = pa.struct(
        [
            ("name", pa.string()),
            ("path", pa.string()),
            ("suffix", pa.string()),
            ("size", pa.int64()),
            ("offset", pa.int64()),
            ("text", pa.string()),
        ]
    )
    names = ("stamp", "group", "outcome", "detail")
    return pa.schema([("id", pa.string()), ("parts", pa.list_(part)), *((name, pa.string()) for name in names)])


def row_of(entry: Entry) -> dict[str, Any]:
    """The entry as a row of the plan."""
    problem = entry.problem or Problem("", "")
    return {
        "id": entry.id,
        "parts": [asdict(part) for part in entry.parts],
        "stamp": entry.stamp,
        "group": entry.group,
        "outcome": problem.outcome,
        "detail": problem.detail,
    }


def entry_of(row: dict[str, Any]) -> Entry:
    """The entry that a row of the plan holds."""
    problem = Problem(row["outcome"], row["detail"]) if row["outcome"] else None
    parts = tuple(Part(**part) for part in row["parts"])
    return Entry(row["id"], parts, row["stamp"], row["group"], problem)
