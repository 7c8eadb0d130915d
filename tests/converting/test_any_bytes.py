"""Whatever bytes a file holds: pairs, or one of our own errors."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aligner.converting import READERS, Findings, read_units
from aligner.data import Unit
from aligner.errors import AlignerError
from aligner.exporting import FORMATS, export_units, output_paths

SUFFIXES = [suffix for suffix in READERS if suffix in FORMATS]
UNITS = [Unit("Tea & <ice>.\x01", "茶和“冰”。", 0.9876, "2-1", (0, 1), (0,), (1, 2), (4, 4), "Sure?")] * 3


def read(path: Path) -> None:
    try:
        for unit in read_units(path, Findings()):
            assert isinstance(unit.en, str) and isinstance(unit.zh, str)
    except AlignerError as error:
        assert str(error)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("any")
    for suffix in SUFFIXES:
        export_units(UNITS, folder / f"right{suffix}")
    return folder


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(max_examples=50)
@given(data=st.binary())
def test_any_bytes(suffix: str, data: bytes, folder: Path) -> None:
    for part in output_paths(folder / f"any{suffix}"):
        part.write_bytes(data)
    read(folder / f"any{suffix}")


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(max_examples=100)
@given(
    changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=3)), max_size=4),
    end=st.floats(0, 1),
)
def test_a_file_of_ours_damaged(suffix: str, changes: list[tuple[float, bytes]], end: float, folder: Path) -> None:
    for part, damaged in zip(
        output_paths(folder / f"right{suffix}"), output_paths(folder / f"bad{suffix}"), strict=True
    ):
        data = bytearray(part.read_bytes())
        for place, change in changes:
            start = int(place * len(data))
            data[start : start + len(change)] = change
        damaged.write_bytes(data[: round(len(data) * end)] if end < 0.5 else data)
    read(folder / f"bad{suffix}")
