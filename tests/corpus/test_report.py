"""The report page: figures that add up, text that stays text, nothing loaded from elsewhere."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from lxml import html
from pyarrow import parquet

from aligner.corpus import figures
from aligner.corpus.duplicates import DUPLICATE
from aligner.corpus.report import report
from aligner.corpus.tables import documents_schema, dropped_schema, matches_schema, pairs_schema
from aligner.errors import InputError

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SCHEMAS = {
    "pairs": pairs_schema(),
    "dropped": dropped_schema(),
    "documents": documents_schema(),
    "matches": matches_schema(),
}
RUN = "document.title='hacked'"
HOSTILE = f'<script>{RUN}</script>\x00 $title </p><img src=x onerror="{RUN}">\u202e &amp;'


def pair(number: int, text: str = "", confidence: float = 0.99) -> dict[str, Any]:
    en, zh = f"The tea number {number} is hot.{text}", f"第{number}杯茶很烫。{text}"
    row = {"document": f"d{number // 10}", "position": number % 10, "en": en, "zh": zh, "confidence": confidence}
    return row | {"bead": "1-1", "en_characters": len(en), "zh_characters": len(zh), "flags": ["mixed languages"]}


def write(folder: Path, parts: int = 1, **tables: list[dict[str, Any]]) -> str:
    for name, schema in SCHEMAS.items():
        rows = tables.get(name, [])
        (folder / name).mkdir(parents=True, exist_ok=True)
        for part in range(parts):
            some = rows[len(rows) * part // parts : len(rows) * (part + 1) // parts]
            parquet.write_table(pa.Table.from_pylist(some, schema), folder / name / f"part-{part:05}.parquet")
    manifest = {"settings": {"filters": {"min_confidence": 0.5}, "lexicon": None, "model": {"name": HOSTILE}}}
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return str(folder)


def full(folder: Path, parts: int = 1, text: str = "") -> str:
    pairs = [pair(number, text, 0.5 + number / 400) for number in range(200)]
    place = {"document": "d1", "position": 77, "en": "Tea." + text, "zh": "茶。", "confidence": 0.9}
    dropped = [
        *({"document": "d1", "line": n, "text": text, "reason": f"one of a list of {n} “{text}”"} for n in range(9)),
        place | {"reason": DUPLICATE, "duplicate_of": "d0:1"},
        place | {"reason": "numbers disagree" + text},
    ]
    documents = [{"document": f"d{n}", "outcome": "aligned", "pairs": 10, "script": "zh-CN"} for n in range(20)]
    documents.append({"document": "bad" + text, "outcome": "unreadable", "detail": "It is no document." + text})
    matches = [
        {"english": "e", "chinese": "z", "score": 0.9, "margin": 0.5, "reason": ""},
        {"english": None, "chinese": "y", "score": 0.1, "margin": 0.0, "reason": "copy of z" + text},
    ]
    return write(folder, parts, pairs=pairs, dropped=dropped, documents=documents, matches=matches)


def words(page: str) -> str:
    return " ".join(html.fromstring(page).text_content().split())


def test_the_figures_stand_in_the_page(tmp_path: Path) -> None:
    said = words(report(full(tmp_path)))
    assert (
        "20 of 21 documents were aligned. Of their 202 pairs 200 are in the corpus; the other 2 were left out" in said
    )
    for part in (
        "aligned 20 (95.2%)",
        "unreadable 1 (4.8%)",
        "It is no document.",
        "kept 200 (99.0%)",
        "1 equal a pair that stays, 0 are nearly the same",
        "instead of it d0:1 stays",
        "1-1200100%",
        "one of a list of … “…”9100%",
        "Simplified20100%",
        "matched 1 (50.0%)",
        "filters.min_confidence0.5",
    ):
        assert part in said


def test_a_page_does_not_depend_on_how_the_tables_are_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = report(full(tmp_path / "one"))
    monkeypatch.setattr(figures, "ROWS", 7)
    assert report(full(tmp_path / "many", parts=5)) == expected
    assert len(set(re.findall(r"The tea number \d+", expected))) == sum(figures.SAMPLES.values())


def test_text_stays_text_and_nothing_is_loaded(tmp_path: Path) -> None:
    page = report(full(tmp_path, text=HOSTILE))
    document = html.fromstring(page)
    assert not document.xpath("//script | //img | //link | //iframe | //@src | //@href | //@onerror")
    assert "\x00" not in page
    assert HOSTILE.replace("\x00", "") in document.text_content()
    assert not re.search(r"https?:|url\(|@import", page)


def test_an_empty_corpus_has_a_page_and_an_unfinished_one_has_none(tmp_path: Path) -> None:
    assert "The input held no document." in words(report(write(tmp_path / "empty")))
    with pytest.raises(InputError, match="holds no finished corpus"):
        report(str(tmp_path))


@pytest.mark.parametrize("width", [390, 1280])
def test_in_a_browser_nothing_runs_and_nothing_overflows(tmp_path: Path, browser: Browser, width: int) -> None:
    path = tmp_path / "report.html"
    path.write_text(report(full(tmp_path / "corpus", text=HOSTILE + "长" * 300)), "utf-8")
    page = browser.new_context(viewport={"width": width, "height": 800}).new_page()
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url))
    page.on("console", lambda message: seen.append(message.text))
    page.goto(path.as_uri())
    assert page.title() == "Parallel corpus"
    assert seen == [path.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate("document.querySelectorAll('svg rect').length") > 10
