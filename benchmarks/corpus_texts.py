"""Parallel texts for the benchmarks of corpus mode, from folders and tables that are given to them."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

from aligner.evaluation import read_gold_folder

Pairs = list[tuple[str, str]]


def read_pairs(path: Path) -> Pairs:
    """Pairs that are right: of a table with English and Chinese in its first columns, or of a folder's texts.

    A folder holds NAME.en, NAME.zh and NAME.gold, or texts of which the lines belong together where there is no .gold.
    """
    if path.is_file():
        return [pair for pair in _table(path) if all(pair)]
    if any(path.glob("*.gold")):
        return [pair for text in read_gold_folder(path) for pair in _beads(text)]
    return [pair for document in read_documents(path) for pair in document]


def read_documents(path: Path, suffix: str = ".zh") -> list[Pairs]:
    """Documents whose lines belong together: NAME.en and NAME.zh of a folder, or with another suffix."""
    documents = []
    for english in sorted(path.glob("*.en")):
        sides = [text.read_text("utf-8").splitlines() for text in (english, english.with_suffix(suffix))]
        stripped = ((en.strip(), zh.strip()) for en, zh in zip(*sides, strict=True))
        documents.append([pair for pair in stripped if all(pair)])
    return documents


def _beads(text) -> Iterator[tuple[str, str]]:
    for source, target in text.beads:
        if source and target:
            en = " ".join(text.english[i].strip() for i in source)
            yield en, "".join(text.chinese[j].strip() for j in target)


def _table(path: Path) -> Iterator[tuple[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as stream:
        for line in stream:
            cells = line.rstrip("\n").split("\t")
            if len(cells) >= 2:
                yield cells[0].strip(), cells[1].strip()
