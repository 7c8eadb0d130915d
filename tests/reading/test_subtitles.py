"""Subtitles: their text, their times, and sentences that run over cues."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aligner import align_file
from aligner.data import Document
from aligner.reading import read_bytes, read_sentences


def read(text: str, suffix: str = ".srt") -> Document:
    return read_bytes(text.encode(), f"film{suffix}", suffix=suffix)


def srt(*cues: str, gap: int = 1) -> str:
    """Cues of a second each, with pauses of ``gap`` seconds."""
    starts = [i * (1 + gap) for i in range(len(cues))]
    return "\n".join(
        f"{i}\n00:00:{start:02},000 --> 00:00:{start + 1:02},000\n{cue}\n"
        for i, (start, cue) in enumerate(zip(starts, cues, strict=True), 1)
    )


def lines(document: Document) -> list[tuple[int, bool, str]]:
    return [(line.number, line.opens, line.text) for line in document.lines]


def test_a_cue_with_both_languages_is_parted() -> None:
    document = read(srt("The tea is hot.\n茶很烫。", "慢慢喝，\n因为刚烧开。"))
    assert lines(document) == [
        (1, True, "The tea is hot."),
        (1, True, "茶很烫。"),
        (2, True, "慢慢喝，"),
        (2, False, "因为刚烧开。"),
    ]
    assert [line.cue for line in document.lines] == [(0, 1000), (0, 1000), (2000, 3000), (2000, 3000)]


def test_a_sentence_may_run_over_cues_but_not_over_a_silence() -> None:
    assert [opens for _, opens, _ in lines(read(srt("Drink it,", "because", "it is hot.", "Now.")))] == [
        True,
        False,
        False,
        True,
    ]
    assert all(opens for _, opens, _ in lines(read(srt("Drink it,", "because", gap=2))))


@pytest.mark.parametrize(
    ("suffix", "text", "expected"),
    [
        (
            ".srt",
            "<i>Hello</i> & <font color='red'>bye</font> {\\an8}{note} 3 < 4 &amp; <3",
            "Hello & bye {note} 3 < 4 &amp; <3",
        ),
        (".vtt", "<v Anna>Hello &amp; <c.yellow.b>bye</c> <00:00:00.500>now &lt;b&gt;", "Hello & bye now <b>"),
    ],
)
def test_markup_goes_and_text_stays(suffix: str, text: str, expected: str) -> None:
    cue = f"00:00:00.000 --> 00:00:01.000\n{text}\n"
    page = "WEBVTT\n\n" + cue if suffix == ".vtt" else "1\n" + cue.replace(".000", ",000")
    assert [line.text for line in read(page, suffix).lines] == [expected]


HEAD = (
    "[Script Info]\nScriptType: v4.00+\n\n[Events]\n"
    "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
)


def test_a_number_at_the_end_is_text() -> None:
    assert [line.text for line in read(srt("Which year was it?\n2018")).lines] == ["Which year was it?", "2018"]
    assert read("").lines == ()


def test_braces_that_do_not_close_take_no_time() -> None:
    assert len(read(srt("{\\a" * 20_000)).lines) == 1


def test_ass() -> None:
    events = [
        "Comment: 0,0:00:00.00,0:00:01.00,Default,,0,0,0,,made by hand",
        "Dialogue: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,,茶很烫，很烫\\N{\\fs14\\c&HFF&}The tea\\his hot, hot",
        "Dialogue: 0,0:00:03.00,0:00:04.00,Default,,0,0,0,,{\\p1}m 0 0 l 100 0{\\p0}",
    ]
    document = read(HEAD + "\n".join(events), ".ass")
    assert lines(document) == [(2, True, "茶很烫，很烫"), (2, True, "The tea\u00a0is hot, hot")]
    assert document.lines[0].cue == (1000, 2500)
    assert [(entry.line, entry.reason) for entry in document.skipped] == [
        (1, "comment in the subtitles"),
        (3, "drawing in the subtitles"),
    ]


def test_times_travel_to_the_sentences(tmp_path: Path) -> None:
    (tmp_path / "a.srt").write_text(srt("The tea is hot.", "Drink it slowly,", "because it has just boiled."), "utf-8")
    (tmp_path / "b.srt").write_text(srt("茶很烫。", "慢慢喝，因为刚烧开。", gap=3), "utf-8")
    alignment = align_file(tmp_path / "a.srt", tmp_path / "b.srt")
    assert [sentence.cue for sentence in alignment.source] == [(0, 1000), (2000, 5000)]
    assert [sentence.cue for sentence in alignment.target] == [(0, 1000), (4000, 5000)]
    assert [pair.bead.kind for pair in alignment.pairs] == ["1-1", "1-1"]


def test_other_formats_have_no_times() -> None:
    assert read_bytes(b"a", "page.txt").lines[0].cue is None


def test_each_cue_is_a_ready_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.srt").write_text(srt("The tea\nis hot", "慢慢\n喝"), "utf-8")
    assert [line.text for line in read_sentences(tmp_path / "a.srt").lines] == ["The tea is hot", "慢慢喝"]


@given(st.lists(st.text(st.sampled_from("ab水。.， "), min_size=1).filter(str.strip), min_size=1, max_size=20))
def test_cues_come_out_as_they_are(cues: list[str]) -> None:
    document = read(srt(*(cue.strip() for cue in cues)))
    assert [line.text.strip() for line in document.lines] == [cue.strip() for cue in cues]


def _film(texts: list[str], starts: list[float]) -> str:
    """Subtitles of two seconds each; a text without a start is not in this language's file."""

    def clock(seconds: float) -> str:
        return f"00:{int(seconds) // 60:02}:{int(seconds) % 60:02},{round(seconds % 1 * 1000):03}"

    cues = enumerate(zip(texts, starts, strict=True), 1)
    return "\n".join(f"{n}\n{clock(start)} --> {clock(start + 2)}\n{text}\n" for n, (text, start) in cues)


def test_the_times_decide_where_the_words_cannot(tmp_path: Path) -> None:
    articles = Path(__file__).parent.parent / "data" / "articles"
    english, chinese = (articles.joinpath(f"ferry.{side}").read_text("utf-8").splitlines() for side in ("en", "zh"))
    starts = [4.0 * n for n in range(len(english) + 4)]
    english[4:4] = ["Really?"] * 4
    for heard in range(4):  # which of the four questions was translated
        translated = [*chinese[:4], "真的吗？", *chinese[4:]]
        times = [start + 10 for n, start in enumerate(starts) if not 4 <= n < 8 or n == 4 + heard]
        files = tmp_path / "film.en.srt", tmp_path / "film.zh.srt"
        files[0].write_text(_film(english, starts), "utf-8")
        files[1].write_text(_film(translated, times), "utf-8")
        (pair,) = (pair for pair in align_file(*files).pairs if pair.zh == "真的吗？")
        assert pair.bead.source == (4 + heard,)
