"""Anki decks: one note a pair, by genanki (MIT).

A note is known by where its pair stands in the document, so that a deck that is written and imported again updates
notes whose text was mended, and duplicates none. Anki takes the deck for newer by ``ExportSettings.created``.
"""

from __future__ import annotations

import hashlib
import io
import re
import tempfile
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any, BinaryIO

from aligner.data import Alignment
from aligner.exporting.learners import StudyPair, asset, study_pairs
from aligner.exporting.pinyin import as_line, with_pinyin
from aligner.exporting.settings import ExportSettings, Written
from aligner.exporting.zipped import write_zip

FIELDS = ("id", "zh", "pinyin", "en", "source", "confidence")
_DIRECTIONS = {"en": "English → Chinese", "zh": "Chinese → English"}
_MODELS = {  # ids chosen once, since Anki knows a note type by them: by the language in front, and Traditional or not
    ("en", False): 1_714_203_601,
    ("zh", False): 1_714_203_602,
    ("en", True): 1_714_203_603,
    ("zh", True): 1_714_203_604,
}
_UNDATED = datetime(2000, 1, 1, tzinfo=UTC)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")  # Anki parts fields by one of them
# Brackets and backslashes may begin what Anki plays or typesets: [sound:...], [latex], \(...\).
_MARKUP = {ord("["): "&#91;", ord("\\"): "&#92;", ord("{"): "&#123;", ord("\n"): "<br>", ord("\r"): None}


def write_apkg(alignment: Alignment, stream: BinaryIO, settings: ExportSettings) -> Written:
    """Write a deck named after ``settings.title``, which must be another for each document, or notes would be shared.

    Decks of the same document with English and with Chinese in front are two decks.
    """
    import genanki

    title = _CONTROLS.sub("", settings.title) or "English and Chinese"
    pairs = study_pairs(alignment)
    name = f"{title.replace('::', ':')} · {_DIRECTIONS[settings.first]}"
    deck = genanki.Deck(int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) + 2**31, name)
    model = _model(settings)
    deck.add_model(model)
    replaced = 0
    pinyin = [as_line(pieces) for pieces in with_pinyin([pair.zh for pair in pairs])]
    for pair, line in zip(pairs, pinyin, strict=True):
        replaced += sum(len(_CONTROLS.findall(text)) for text in (pair.en, pair.zh))
        deck.add_note(_note(pair, line, title, model))
    write_zip(stream, _members(genanki.Package(deck), settings.created or _UNDATED))
    return Written(len(pairs), (f"control characters replaced by U+FFFD: {replaced:,}",) if replaced else ())


def _model(settings: ExportSettings) -> Any:
    import genanki

    code = "zh-TW" if settings.traditional else "zh-CN"
    direction = _DIRECTIONS[settings.first] + " (Traditional)" * settings.traditional
    zh = f'<div class="zh" lang="{code}">{{{{zh}}}}</div>'
    en = '<div class="en" lang="en">{{en}}</div>'
    pinyin = '<div class="pinyin" lang="zh-Latn-pinyin">{{pinyin}}</div>'
    front, back = (en, zh + pinyin) if settings.first == "en" else (zh, pinyin + en)
    answer = '{{FrontSide}}<hr id="answer">' + back + '<div class="source">{{source}} · confidence {{confidence}}</div>'
    return genanki.Model(
        _MODELS[settings.first, settings.traditional],
        f"aligner: {direction}",
        fields=[{"name": name} for name in FIELDS],
        templates=[{"name": direction, "qfmt": front, "afmt": answer}],
        css=asset("card.css"),
        sort_field_index=FIELDS.index(settings.first),
    )


def _note(pair: StudyPair, pinyin: str, title: str, model: Any) -> Any:
    import genanki

    place = f"{title}#{pair.id}"
    values = (place, pair.zh, pinyin, pair.en, title, f"{pair.confidence:.2f}")
    return genanki.Note(
        model=model,
        fields=[_field(value) for value in values],
        guid=genanki.guid_for("aligner", model.model_id, place),  # Anki refuses to change a note's type
        tags=["uncertain"] if pair.doubtful else [],
    )


def _field(text: str) -> str:
    return escape(_CONTROLS.sub("\ufffd", text), quote=False).translate(_MARKUP)


def _members(package: Any, moment: datetime) -> Sequence[tuple[str, bytes]]:
    """The package's files; genanki's own archive would tell when it was made, and never be the same twice."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deck.apkg"
        package.write_to_file(str(path), timestamp=moment.timestamp())
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
            return [(name, archive.read(name)) for name in archive.namelist()]
