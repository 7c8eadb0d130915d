"""Converting from every format to every other keeps what both can hold; one contract over both tables."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aligner.converting import READERS, Findings, read_units
from aligner.data import Unit
from aligner.exporting import FORMATS, ExportSettings, export_units

UNITS = [
    Unit("Tea & <ice>.", "茶和“冰”。", 0.9876, "2-1", (0, 1), (0,), (1, 2), (4, 4), "Sure?"),
    Unit("=SUM(A1)", "'- 好的。", 1.0, "1-1", (2,), (1,), (3, 3), (5, 5)),
    Unit("The flag 🇨🇳 and \u200fשלום\u200f.", "旗子🇨🇳，𠀀字。", 0.0, "1-3", (4,), (2, 3, 4), (9, 9), (6, 8), "a\nb"),
    Unit("It goes" + " on and on" * 2000 + ".", "很长" * 5000, 0.5, "1-1", (5,), (5,), (10, 10), (9, 9)),
    Unit("No more is known.", "别的不知道。"),
]
SUBTITLES = [
    Unit("Tea?", "茶？", 0.5, "1-1", en_time=(0, 1500), zh_time=(3_723_004, 3_725_500)),
    Unit("Yes.", "好。", zh_time=(1, 359_999_999)),
]
TABLE = {"en", "zh", "confidence", "bead", "en_sentences", "zh_sentences", "en_time", "zh_time"}
ALL = {*TABLE, "en_lines", "zh_lines", "note"}
HELD = {
    ".tsv": TABLE,
    ".csv": TABLE,
    ".xlsx": {*TABLE, "note"},
    ".tmx": {"en", "zh", "confidence", "bead", "note", "en_time", "zh_time"},
    ".xlf": ALL,
    ".xliff": ALL,
    ".jsonl": ALL,
    ".parquet": ALL,
    ".moses": {"en", "zh"},
}


def only(fields: Iterable[str], units: Iterable[Unit]) -> list[Unit]:
    return [Unit(**{name: getattr(unit, name) for name in fields}) for unit in units]


def read(path: Path, findings: Findings | None = None) -> list[Unit]:
    return list(read_units(path, findings or Findings()))


def test_every_format_that_can_be_read_can_be_written() -> None:
    only_read = {".sdlxliff", ".mqxliff"}  # dialects of XLIFF
    assert set(HELD) | only_read == set(READERS)
    assert set(HELD) <= set(FORMATS)


@pytest.mark.parametrize("suffix", HELD)
@pytest.mark.parametrize("number", [0, 1, len(UNITS)])
def test_what_is_written_comes_back(suffix: str, number: int, tmp_path: Path) -> None:
    path = tmp_path / f"a.b{suffix}"
    export_units(UNITS[:number], path)
    findings = Findings()
    assert read(path, findings) == only(HELD[suffix], UNITS[:number])
    assert findings.notes() == ()


@pytest.mark.parametrize("suffix", HELD)
def test_times_of_subtitles_come_back(suffix: str, tmp_path: Path) -> None:
    export_units(SUBTITLES, tmp_path / f"a{suffix}")
    assert read(tmp_path / f"a{suffix}") == only(HELD[suffix], SUBTITLES)


@pytest.mark.parametrize("first", HELD)
@pytest.mark.parametrize("second", HELD)
def test_from_each_format_to_each_other(first: str, second: str, tmp_path: Path) -> None:
    export_units(UNITS, tmp_path / f"a{first}")
    export_units(read_units(tmp_path / f"a{first}", Findings()), tmp_path / f"b{second}")
    assert read(tmp_path / f"b{second}") == only(HELD[first] & HELD[second], UNITS)


@pytest.mark.parametrize("suffix", HELD)
def test_many_pairs(suffix: str, tmp_path: Path) -> None:
    units = [Unit(f"Line {i} of the water bill.", f"水费单第{i}行。") for i in range(10_000)]
    export_units(units, tmp_path / f"a{suffix}")
    assert read(tmp_path / f"a{suffix}") == units


@pytest.mark.parametrize("suffix", [".tmx", ".xlf", ".parquet"])
def test_codes_and_title_come_back(suffix: str, tmp_path: Path) -> None:
    findings = Findings()
    export_units(UNITS, tmp_path / f"a{suffix}", ExportSettings("en-GB", "zh-Hant-HK", title="A page & more"))
    read(tmp_path / f"a{suffix}", findings)
    assert (findings.en_code, findings.zh_code, findings.title) == ("en-GB", "zh-Hant-HK", "A page & more")


def replaced(text: str) -> str:
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


def one_line(text: str) -> str:
    return replaced(re.sub("\r\n|[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]", " ", text))


def allowed(text: str) -> str:
    return re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)


BECOMES: dict[str, Callable[[str], str]] = dict.fromkeys(HELD, replaced)
BECOMES |= {".tsv": one_line, ".moses": one_line, ".tmx": allowed}
TEXT = st.text(max_size=20) | st.text(
    st.sampled_from("a水&<>\"',=-@ \t\r\n\0\x01\x85\u2028\ud800\ufffe_x0041"), max_size=20
)


@pytest.mark.parametrize("suffix", HELD)
@settings(max_examples=60)
@given(pairs=st.lists(st.tuples(TEXT, TEXT), max_size=4))
def test_any_text_comes_back(
    suffix: str, pairs: list[tuple[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("any") / f"a{suffix}"
    export_units([Unit(en, zh) for en, zh in pairs], path)
    become = BECOMES[suffix]
    units = [Unit(become(en), become(zh)) for en, zh in pairs]
    expected = [unit for unit in units if unit.en.strip() and unit.zh.strip()]
    if suffix == ".moses" and expected:  # at the head of a file it is a byte order mark
        expected[0] = replace(
            expected[0], en=expected[0].en.removeprefix("\ufeff"), zh=expected[0].zh.removeprefix("\ufeff")
        )
    assert read(path) == expected
