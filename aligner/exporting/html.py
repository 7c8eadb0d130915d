"""The reader: one HTML file for people who learn from both texts, which works from disk and loads nothing."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Sequence
from html import escape
from string import Template
from typing import BinaryIO

from aligner.data import Alignment
from aligner.exporting.glossary import explain
from aligner.exporting.learners import StudyPair, asset, percent, study_pairs
from aligner.exporting.pinyin import words_with_pinyin
from aligner.exporting.settings import ExportSettings, Written
from aligner.exporting.unicode import replace_surrogates, surrogate_notes

# What could end the script element, or is a line break to an old reader of JavaScript.
_IN_SCRIPT = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029\x7f"}

# Nothing is loaded, and no style or script but the reader's own counts, whatever the texts may hold.
_POLICY = "default-src 'none'; style-src {style}; script-src {script}; base-uri 'none'; form-action 'none'"


def write_html(alignment: Alignment, stream: BinaryIO, settings: ExportSettings) -> Written:
    """Write a page with both texts; what the script needs to explain the words stands in it as JSON.

    Characters that HTML can't hold, NUL and lone surrogates, become U+FFFD.
    """
    pairs, replaced = _holdable(study_pairs(alignment))
    title, _ = replace_surrogates(settings.title.replace("\0", "\ufffd") or "Parallel text")
    style, script = asset("reader.css"), asset("reader.js")
    page = Template(asset("reader.html")).substitute(
        title=_text(title),
        policy=_POLICY.format(style=_hash(style), script=_hash(script)),
        style=style,
        script=script,
        first=settings.first,
        pinyin="on" if settings.pinyin else "off",
        zh_code=settings.zh_code,
        pairs="".join(_items(pairs, settings)),
        summary=_summary(pairs),
        data=_data(pairs, settings),
    )
    stream.write(page.encode())
    return Written(len(pairs), surrogate_notes(replaced))


def _holdable(pairs: Sequence[StudyPair]) -> tuple[list[StudyPair], int]:
    result, replaced = [], 0
    for pair in pairs:
        en, in_english = replace_surrogates(pair.en.replace("\0", "\ufffd"))
        zh, in_chinese = replace_surrogates(pair.zh.replace("\0", "\ufffd"))
        replaced += in_english + in_chinese
        result.append(StudyPair(pair.id, en, zh, pair.confidence, pair.opens))
    return result, replaced


def _items(pairs: Sequence[StudyPair], settings: ExportSettings) -> Iterator[str]:
    for number, pair in enumerate(pairs, 1):
        names = "pair" + " opens" * pair.opens + " doubtful" * pair.doubtful
        texts = [
            f'<p class="en" lang="{settings.en_code}">{_text(pair.en)}</p>',
            f'<p class="zh" lang="{settings.zh_code}">{_text(pair.zh)}</p>',
        ]
        if settings.first == "zh":
            texts.reverse()
        mark = f'<div class="doubt">Uncertain match, {percent(pair.confidence)} sure</div>' if pair.doubtful else ""
        yield f'\n<li class="{names}" id="p{number}">{"".join(texts)}{mark}</li>'


def _text(text: str) -> str:
    return escape(text).replace("\r", "&#13;")


def _summary(pairs: Sequence[StudyPair]) -> str:
    doubtful = sum(pair.doubtful for pair in pairs)
    count = f"{len(pairs):,} {'pair' if len(pairs) == 1 else 'pairs'} of English and Chinese text, matched by aligner."
    return count + f" {doubtful:,} of them marked as uncertain." * bool(doubtful)


def _data(pairs: Sequence[StudyPair], settings: ExportSettings) -> str:
    """For the script: each Chinese text as numbers of words, and minus the lengths of what stands between them."""
    texts = words_with_pinyin([pair.zh for pair in pairs])
    explained = explain((word for text in texts for word in text if word[1]), traditional=settings.traditional)
    numbers = {word: number for number, word in enumerate(explained.words)}
    data = {
        "key": hashlib.sha256("\0".join(text for pair in pairs for text in (pair.en, pair.zh)).encode()).hexdigest()[
            :16
        ],
        "texts": [[numbers[word] if word[1] else -len(word[0]) for word in text] for text in texts],
        "words": [(written, pinyin, entries) for (written, _, pinyin), entries in explained.words.items()],
        "entries": explained.entries,
    }
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_IN_SCRIPT)


def _hash(source: str) -> str:
    """The content security policy's name of an inline style or script."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}'"
