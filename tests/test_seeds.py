"""The seed documents: a bilingual article with a list of unrelated headlines, and four English pages on its subject."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from pathlib import Path

import pytest
from typer.testing import CliRunner

import aligner
from aligner.cli.app import app

BILINGUAL = "000_d7a3e98a9e6f6cf5.txt"
ENGLISH_ONLY = [
    "001_cfbe6a19809f3649.txt",
    "002_36fcda700e28dbd6.txt",
    "003_4d2b69b123dd3fec.txt",
    "004_053eb66f47d445bb.txt",
]
# Lines of the seed, counted from 1, and how many sentences of each side are in the pair.
ENGLISH_LINES, CHINESE_LINES, HEADLINES = range(1, 7), range(7, 13), range(13, 43)


@pytest.fixture(scope="module")
def lines(seeds: Path) -> list[str]:
    return (seeds / BILINGUAL).read_text("utf-8").splitlines()


def expected_pairs(lines: list[str]) -> list[tuple[str, str]]:
    """Line by line, since each English line has its Chinese one: E5+E6 with Z5+Z6, and E7 with Z7+Z8, by sentences."""
    return [(lines[en - 1], lines[zh - 1]) for en, zh in zip(ENGLISH_LINES, CHINESE_LINES, strict=True)]


def found_pairs(alignment: aligner.Alignment) -> list[tuple[str, str]]:
    return [(pair.en, pair.zh) for pair in alignment.pairs]


def test_exactly_the_six_pairs_are_kept(seeds: Path, lines: list[str]) -> None:
    alignment = aligner.align_file(seeds / BILINGUAL)
    assert found_pairs(alignment) == expected_pairs(lines)
    assert [pair.bead.kind for pair in alignment.pairs] == ["1-1", "1-1", "1-1", "1-1", "2-2", "1-2"]


def test_every_headline_is_dropped_whole_for_one_reason(seeds: Path, lines: list[str]) -> None:
    dropped = aligner.align_file(seeds / BILINGUAL).dropped
    assert [(entry.line, entry.text) for entry in dropped] == [(number, lines[number - 1]) for number in HEADLINES]
    assert {entry.reason for entry in dropped} == {
        "one of a list of 30 headlines that begin with “体坛英语资讯:”, no translation found in the other language"
    }


@pytest.mark.parametrize("name", ENGLISH_ONLY)
def test_an_english_page_alone_gives_a_message_and_no_file(seeds: Path, tmp_path: Path, name: str) -> None:
    result = CliRunner().invoke(app, ["align", str(seeds / name), "-o", str(tmp_path / "out.tmx")])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr == f"aligner: no Chinese text found in {seeds / name}: nothing to align.\n"
    assert not list(tmp_path.iterdir())


PLACES: dict[str, Callable[[list[str], list[str], list[str]], list[str]]] = {
    "before": lambda page, english, rest: [*page, "", *english, *rest],
    "after": lambda page, english, rest: [*english, "", *page, "", *rest],
    "both": lambda page, english, rest: [*page, "", *english, "", *page, "", *rest],
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", ENGLISH_ONLY)
def test_another_page_around_the_english_changes_nothing(seeds: Path, lines: list[str], name: str, place: str) -> None:
    page = (seeds / name).read_text("utf-8").splitlines()
    text = "\n".join(PLACES[place](page, lines[:6], lines[6:]))
    assert found_pairs(aligner.align_text(text)) == expected_pairs(lines)


@pytest.mark.parametrize("first", range(1, 5))
def test_all_other_pages_around_the_english_change_nothing(seeds: Path, lines: list[str], first: int) -> None:
    pages = [[*(seeds / name).read_text("utf-8").splitlines(), ""] for name in ENGLISH_ONLY]
    before, after = list(chain(*pages[:first])), list(chain(*pages[first:]))
    text = "\n".join([*before, *lines[:6], "", *after, *lines[6:]])
    assert found_pairs(aligner.align_text(text)) == expected_pairs(lines)


def test_the_translation_memory_loads_in_translate_toolkit(seeds: Path, lines: list[str], tmp_path: Path) -> None:
    from translate.storage.tmx import tmxfile

    path = tmp_path / "seed.tmx"
    assert CliRunner().invoke(app, ["align", str(seeds / BILINGUAL), "-o", str(path)]).exit_code == 0
    with path.open("rb") as stream:
        units = tmxfile(stream, "en-US", "zh-CN").units
    assert [(unit.source, unit.target) for unit in units] == expected_pairs(lines)
