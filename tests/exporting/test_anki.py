"""Anki decks: what is in a note, and that importing a deck again changes notes and duplicates none."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aligner.data import Alignment, Bead, Pair, Sentence
from aligner.exporting import ExportReport, ExportSettings, export, export_to_stream
from aligner.exporting.anki import FIELDS

TEXTS = [("The bank.", "银行行长。"), ("Water is cold.", "水很冷。"), ("Nobody knows.", "谁也不知道。")]


def aligned(texts: list[tuple[str, str]], confidence: float = 0.9) -> Alignment:
    english = tuple(Sentence(en, i + 1, i + 1) for i, (en, _) in enumerate(texts))
    chinese = tuple(Sentence(zh, i + 11, i + 11) for i, (_, zh) in enumerate(texts))
    beads = tuple(Bead((i,), (i,), confidence) for i in range(len(texts)))
    pairs = tuple(Pair(en, zh, confidence, bead) for (en, zh), bead in zip(texts, beads, strict=True))
    return Alignment(english, chinese, beads, pairs, ())


def written(alignment: Alignment, **options: Any) -> tuple[bytes, ExportReport]:
    stream = io.BytesIO()
    report = export_to_stream(alignment, stream, "apkg", ExportSettings(**({"title": "page.txt"} | options)))
    return stream.getvalue(), report


def rows(data: bytes, query: str, folder: Path) -> list[tuple[Any, ...]]:
    path = folder / "collection.anki2"
    path.write_bytes(zipfile.ZipFile(io.BytesIO(data)).read("collection.anki2"))
    connection = sqlite3.connect(path)
    found = connection.execute(query).fetchall()
    connection.close()
    return found


def notes(data: bytes, folder: Path) -> list[dict[str, str]]:
    found = rows(data, "select flds from notes order by id", folder)
    return [dict(zip(FIELDS, fields.split("\x1f"), strict=True)) for (fields,) in found]


def guids(data: bytes, folder: Path) -> list[str]:
    return [guid for (guid,) in rows(data, "select guid from notes order by id", folder)]


def test_the_fields_of_a_note(tmp_path: Path) -> None:
    assert notes(written(aligned(TEXTS))[0], tmp_path)[0] == {
        "id": "page.txt#1.1",
        "zh": "银行行长。",
        "pinyin": "yínháng hángzhǎng。",
        "en": "The bank.",
        "source": "page.txt",
        "confidence": "0.90",
    }


def test_a_note_is_known_by_its_place_and_not_by_its_text(tmp_path: Path) -> None:
    before = guids(written(aligned(TEXTS))[0], tmp_path)
    mended = [("The bank!", "银行。"), *TEXTS[1:]]
    assert guids(written(aligned(mended, 0.5))[0], tmp_path) == before
    assert len(set(before)) == len(TEXTS)
    # Leaving a pair out, as a higher minimum confidence does, moves none of the others.
    alignment = aligned(TEXTS)
    fewer = Alignment(alignment.source, alignment.target, alignment.beads, alignment.pairs[1:], ())
    assert guids(written(fewer)[0], tmp_path) == before[1:]


def test_other_documents_and_directions_have_other_notes(tmp_path: Path) -> None:
    decks = [
        written(aligned(TEXTS), **options)[0]
        for options in ({}, {"title": "b.txt"}, {"first": "zh"}, {"zh_code": "zh-TW"})
    ]
    found = [set(guids(deck, tmp_path)) for deck in decks]
    assert len(set().union(*found)) == 4 * len(TEXTS)


def test_sentences_of_one_line_and_pairs_without_sentences_have_ids_of_their_own(tmp_path: Path) -> None:
    bead = Bead((0,), (0,))
    same = Alignment((), (), (), (Pair("A.", "水。", 1.0, bead),) * 3, ())
    assert len(set(guids(written(same)[0], tmp_path))) == 3
    english = (Sentence("A.", 7, 7), Sentence("B.", 7, 7))
    pairs = tuple(Pair(english[i].text, "水。", 1.0, Bead((i,), (i,))) for i in range(2))
    found = notes(written(Alignment(english, english, (), pairs, ()))[0], tmp_path)
    assert [note["id"] for note in found] == ["page.txt#7.1", "page.txt#7.2"]


def model_and_deck(data: bytes, folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    ((models, decks),) = rows(data, "select models, decks from col", folder)
    model = next(model for model in json.loads(models).values() if model["name"].startswith("aligner"))
    return model, next(deck for deck in json.loads(decks).values() if deck["name"] != "Default")


def test_the_front_is_in_the_language_asked_for(tmp_path: Path) -> None:
    model, deck = model_and_deck(written(aligned(TEXTS))[0], tmp_path)
    assert "{{en}}" in model["tmpls"][0]["qfmt"]
    assert "{{zh}}" not in model["tmpls"][0]["qfmt"]
    assert deck["name"] == "page.txt · English → Chinese"
    model, deck = model_and_deck(written(aligned(TEXTS), first="zh", zh_code="zh-TW")[0], tmp_path)
    assert 'lang="zh-TW">{{zh}}' in model["tmpls"][0]["qfmt"]
    assert "{{pinyin}}" not in model["tmpls"][0]["qfmt"]
    assert "{{pinyin}}" in model["tmpls"][0]["afmt"]
    assert deck["name"] == "page.txt · Chinese → English"


def test_ids_of_models_and_decks_stay() -> None:
    """Learners have decks with these ids; a change would give them each note type twice."""
    from aligner.exporting import anki

    assert sorted(anki._MODELS.values()) == [1714203601, 1714203602, 1714203603, 1714203604]


def test_the_deck_of_a_document_keeps_its_id(tmp_path: Path) -> None:
    first = model_and_deck(written(aligned(TEXTS))[0], tmp_path)[1]["id"]
    assert model_and_deck(written(aligned(TEXTS[:1]), created=datetime.now(UTC))[0], tmp_path)[1]["id"] == first
    assert model_and_deck(written(aligned(TEXTS), title="b")[0], tmp_path)[1]["id"] != first


def test_doubtful_pairs_have_a_tag(tmp_path: Path) -> None:
    assert rows(written(aligned(TEXTS, 0.6))[0], "select distinct tags from notes", tmp_path) == [(" uncertain ",)]


def test_the_time_is_the_given_one_and_never_the_clock(tmp_path: Path) -> None:
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    data, _ = written(aligned(TEXTS), created=moment)
    assert rows(data, "select distinct mod from notes", tmp_path) == [(int(moment.timestamp()),)]
    assert data == written(aligned(TEXTS), created=moment)[0]


def test_what_anki_would_play_or_typeset_stays_text(tmp_path: Path) -> None:
    hostile = "[sound:x.mp3] \\(a\\) [latex]b[/latex] {{c1::d}} <b>\x1f\0\n"
    data, report = written(aligned([(hostile, "水")]))
    assert notes(data, tmp_path)[0]["en"] == (
        "&#91;sound:x.mp3] &#92;(a&#92;) &#91;latex]b&#91;/latex] &#123;&#123;c1::d}} &lt;b&gt;\ufffd\ufffd<br>"
    )
    assert report.notes == ("control characters replaced by U+FFFD: 2",)


@settings(max_examples=15)
@given(st.lists(st.tuples(st.text(), st.text()), max_size=3), st.text())
def test_any_text_makes_a_deck(
    tmp_path_factory: pytest.TempPathFactory, texts: list[tuple[str, str]], title: str
) -> None:
    data, report = written(aligned(texts), title=title)
    assert report.written == len(notes(data, tmp_path_factory.mktemp("any"))) == len(texts)


def test_anki_itself_updates_and_never_duplicates(tmp_path: Path) -> None:
    reason = "needs Anki's own library (pip install anki), which is under the AGPL and no part of aligner"
    collections = pytest.importorskip("anki.collection", reason=reason)
    collection = collections.Collection(str(tmp_path / "collection.anki2"))

    def imported(texts: list[tuple[str, str]], day: int, **options: Any) -> tuple[int, int, int]:
        path = tmp_path / "deck.apkg"
        settings = ExportSettings(title="page.txt", created=datetime(2026, 1, day, tzinfo=UTC), **options)
        export(aligned(texts), path, settings)
        log = collection.import_anki_package(collections.ImportAnkiPackageRequest(package_path=str(path))).log
        assert not log.conflicting
        return len(log.new), len(log.updated), collection.note_count()

    assert imported(TEXTS, 1) == (3, 0, 3)
    assert imported(TEXTS, 1) == (0, 0, 3)
    assert imported([("The bank, mended.", "银行。"), *TEXTS[1:]], 2)[::2] == (0, 3)
    assert collection.find_notes('"The bank, mended."')
    assert not collection.find_notes('"en:The bank."')
    assert imported([*TEXTS, ("More.", "更多。")], 3)[::2] == (1, 4)
    assert imported(TEXTS, 4, first="zh")[::2] == (3, 7)
    assert imported(TEXTS, 5, zh_code="zh-TW", first="zh")[2] == 10
