"""Parquet: typed columns in batches, and labels beside them."""

import io

import pyarrow.parquet
import pytest

from aligner.data import Unit
from aligner.exporting import ExportSettings, parquet
from aligner.exporting.parquet import write_parquet


def test_columns_and_labels() -> None:
    stream = io.BytesIO()
    unit = Unit("Tea.\ud800", "茶。", 1 / 3, "2-1", (0, 1), (0,), (1, 2), (4, 4), "Sure?", (1500, 2000))
    result = write_parquet([unit, Unit("Milk.", "牛奶。")], stream, ExportSettings("en-GB", "zh-TW", title="a page"))
    table = pyarrow.parquet.read_table(stream)
    assert table.to_pylist() == [
        {
            "en": "Tea.\ufffd", "zh": "茶。", "confidence": 1 / 3, "bead": "2-1", "en_sentences": [0, 1],
            "zh_sentences": [0], "en_lines": [1, 2], "zh_lines": [4, 4], "note": "Sure?", "en_time": [1.5, 2.0],
            "zh_time": None,
        },
        {
            "en": "Milk.", "zh": "牛奶。", "confidence": None, "bead": "", "en_sentences": [], "zh_sentences": [],
            "en_lines": None, "zh_lines": None, "note": "", "en_time": None, "zh_time": None,
        },
    ]  # fmt: skip
    assert table.schema.metadata[b"aligner.zh_code"] == b"zh-TW"
    assert result.notes == ("lone surrogates replaced by U+FFFD: 1",)


@pytest.mark.parametrize(("number", "groups"), [(0, 0), (3, 1), (4, 2), (7, 3)])
def test_rows_are_written_in_batches(number: int, groups: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "BATCH", 3)
    stream = io.BytesIO()
    assert write_parquet([Unit("Tea.", "茶。")] * number, stream, ExportSettings()).count == number
    file = pyarrow.parquet.ParquetFile(stream)
    assert (file.metadata.num_rows, file.num_row_groups) == (number, groups)
