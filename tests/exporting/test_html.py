"""The reader's file: escaped, closed to the outside, and with no more of the dictionary than it needs."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from aligner.data import Alignment, Bead, Pair, Sentence
from aligner.exporting import ExportReport, ExportSettings, export_to_stream

TEXTS = st.text() | st.text(st.sampled_from("a水<>&\"'/\r\n\0\ud800银行\u2028$!-]"))


class Reader(HTMLParser):
    """What a browser would take for text and for tags."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: dict[str, list[str]] = {"en": [], "zh": [], "title": [], "data": [], "style": [], "script": []}
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append((tag, values))
        kind = values.get("class") or values.get("id") or tag
        if kind in self.texts:
            self.texts[kind].append("")
            self.open.append(kind)
        elif tag in ("script", "style", "title"):
            self.texts[tag].append("")
            self.open.append(tag)

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts[self.open[-1]][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("p", "script", "style", "title") and self.open:
            self.open.pop()


def written(*texts: tuple[str, str], **options: object) -> tuple[str, ExportReport]:
    pairs = tuple(Pair(en, zh, 0.6, Bead((i,), (i,), 0.6)) for i, (en, zh) in enumerate(texts))
    stream = io.BytesIO()
    chosen = ExportSettings(**options)  # type: ignore[arg-type]
    report = export_to_stream(Alignment((), (), (), pairs, ()), stream, "html", chosen)
    return stream.getvalue().decode(), report


def holdable(text: str) -> str:
    return re.sub("[\0\ud800-\udfff]", "\ufffd", text)


TAGS = [tag for tag, _ in Reader(written()[0]).tags]


@settings(max_examples=25)
@given(TEXTS, TEXTS, TEXTS)
def test_whatever_the_texts_are_they_are_text(en: str, zh: str, title: str) -> None:
    page, _ = written((en, zh), title=title)
    reader = Reader(page)
    assert reader.texts["en"] == [holdable(en)]
    assert reader.texts["zh"] == [holdable(zh)]
    assert reader.texts["title"] == [holdable(title) or "Parallel text"]
    assert sorted(tag for tag, _ in reader.tags) == sorted([*TAGS, "li", "p", "p", "div"])
    data = json.loads(reader.texts["data"][0])
    assert sum(-number if number < 0 else len(data["words"][number][0]) for number in data["texts"][0]) == len(zh)


def test_nothing_is_loaded_and_only_its_own_script_runs() -> None:
    page, _ = written(("Bank.", "银行。"))
    reader = Reader(page)
    policy = next(values["content"] for _, values in reader.tags if values.get("http-equiv"))
    assert policy and policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    for kind in ("style", "script"):
        digest = base64.b64encode(hashlib.sha256(reader.texts[kind][-1].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert [values for _, values in reader.tags if "src" in values or "style" in values] == []
    links = [values["href"] for tag, values in reader.tags if "href" in values]
    assert links == ["https://cc-cedict.org/", "https://creativecommons.org/licenses/by-sa/4.0/"]
    assert "innerHTML" not in page


def test_only_the_entries_of_its_words_are_in_it() -> None:
    data = json.loads(Reader(written(("Bank.", "银行。"))[0]).texts["data"][0])
    assert data["words"] == [["银行", "yínháng", [0]]]
    assert [entry[0] for entry in data["entries"]] == ["银行"]


def test_the_licence_of_the_dictionary_is_named() -> None:
    page, _ = written()
    assert "CC-CEDICT" in page
    assert "CC BY-SA 4.0" in page


def test_replaced_characters_are_told() -> None:
    assert written(("a\ud800", "水"))[1].notes == ("lone surrogates replaced by U+FFFD: 1",)


def test_order_pinyin_and_codes() -> None:
    page, _ = written(("Bank.", "銀行。"), first="zh", pinyin=True, zh_code="zh-Hant-HK", en_code="en-GB")
    assert '<html lang="en" data-first="zh" data-pinyin="on" data-zh-code="zh-Hant-HK">' in page
    assert '<p class="zh" lang="zh-Hant-HK">銀行。</p><p class="en" lang="en-GB">Bank.</p>' in page


def test_paragraphs_and_doubt_are_marked() -> None:
    english = tuple(Sentence(text, 1, 1, paragraph=number) for text, number in (("A.", 0), ("B.", 0), ("C.", 2)))
    beads = tuple(Bead((i,), (i,), confidence) for i, confidence in enumerate((0.9, 0.69, 1.0)))
    pairs = tuple(Pair(english[i].text, "水。", bead.confidence, bead) for i, bead in enumerate(beads))
    stream = io.BytesIO()
    export_to_stream(Alignment(english, english, beads, pairs, ()), stream, "html")
    names = [values["class"] for tag, values in Reader(stream.getvalue().decode()).tags if tag == "li"]
    assert names == ["pair opens", "pair doubtful", "pair opens"]
