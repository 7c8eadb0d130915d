"""The steps over stored parts find what the steps in memory find, also when they were interrupted."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pyarrow import parquet

from aligner.corpus import deduplication
from aligner.corpus.deduplication import Deduplication
from tests.corpus.test_duplicates import THRESHOLD, Row, corpus, found, table


def stored(rows: list[Row], folder: Path) -> list[str]:
    """The pairs of each document as a file."""
    paths = []
    for document in sorted({row[0] for row in rows}):
        paths.append(str(folder / f"{document}.parquet"))
        parquet.write_table(table([row for row in rows if row[0] == document]), paths[-1])
    return paths


def gone(search: Deduplication) -> dict[tuple[str, int], tuple[str, str]]:
    search.find()
    rows = [row for part in range(search.parts) for row in search.gone_of(part).to_pylist()]
    return {(row["document"], row["position"]): (row["reason"], row["duplicate_of"]) for row in rows}


@pytest.mark.parametrize("shards", [1, 2, 4, 50])
def test_parts_find_what_is_found_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shards: int) -> None:
    monkeypatch.setattr(deduplication, "FEWEST_SHARDS", shards)
    rows = corpus(2)
    paths = stored(rows, tmp_path)
    search = Deduplication(paths, str(tmp_path / "search"), THRESHOLD)
    assert gone(search) == found(rows)
    assert search.parts == max(1, len(paths) // shards)


def test_an_interrupted_search_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deduplication, "FEWEST_SHARDS", 3)
    rows = corpus(3)
    paths = stored(rows, tmp_path)
    search = Deduplication(paths, str(tmp_path / "search"), THRESHOLD)
    expected = gone(search)
    files = sorted((tmp_path / "search").rglob("*.arrow"))
    for kept in range(0, len(files), 3):
        for path in files[kept:]:
            path.unlink(missing_ok=True)
        assert gone(search) == expected
    shutil.rmtree(tmp_path / "search" / "links")
    for path in paths:
        Path(path).unlink()
    assert gone(search) == expected, "nothing that is done is read again"


def test_near_ones_stay_where_they_are_not_asked_for(tmp_path: Path) -> None:
    rows = corpus(4)
    found_equal = gone(Deduplication(stored(rows, tmp_path), str(tmp_path / "search"), 0))
    assert found_equal
    assert {reason for reason, _ in found_equal.values()} == {"duplicate"}
