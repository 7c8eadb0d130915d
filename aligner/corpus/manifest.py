"""What a finished corpus is: settings, versions, counts, and a hash of every file; no time and no machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from aligner.corpus import store
from aligner.corpus.workplace import Workplace


@dataclass(frozen=True)
class Totals:
    """What a finished corpus holds; ``outcomes`` counts documents, ``left_out`` the pairs left out by their reasons."""

    documents: int
    pairs: int
    dropped: int
    outcomes: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Written:
    """A file of the corpus: its name there, its rows and bytes, and their SHA-256."""

    name: str
    rows: int
    size: int
    digest: str


def write_manifest(place: Workplace, state: dict[str, Any], totals: Totals, written: Sequence[Written]) -> None:
    """Write ``manifest.json``, by which a corpus is known to be complete."""
    content = {
        "counts": asdict(totals),
        "input": {name: state["input"][name] for name in ("documents", "names")},
        "settings": state["settings"],
        "versions": versions(),
        "files": {part.name: {"rows": part.rows, "bytes": part.size, "sha256": part.digest} for part in written},
    }
    store.write_json(place.manifest, content)


def read_totals(place: Workplace) -> Totals:
    """The counts of the corpus that is there."""
    return Totals(**store.read_json(place.manifest)["counts"])


def versions() -> dict[str, str]:
    """The versions of what decides the bytes of the corpus."""
    import pyarrow

    import aligner

    return {"aligner": aligner.__version__, "pyarrow": pyarrow.__version__}
