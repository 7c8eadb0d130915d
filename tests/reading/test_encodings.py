"""Which encoding a file is in, and what is said about it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aligner.data import Document
from aligner.errors import AlignerError, EncodingError, InputError, UsageError
from aligner.reading import read_bytes
from aligner.reading.encodings import decode

SIMPLIFIED = "全市停水三天。The water was cut off for three days.\n居民在街上排队取水，孩子们也来帮忙。\n"
TRADITIONAL = "全市停水三天。The water was cut off for three days.\n居民們在街上排隊取水，孩子們也來幫忙。\n"
CANTONESE = "佢哋話冇水喺屋企，啲細路都要嚟幫手攞水。\n"
ENGLISH = "“Naïve”, she said – in the café.\nIt’s £5.\n"
GUESSED = "page.txt: read as {} (not UTF-8); use --encoding to choose another"

FOUND = [
    (SIMPLIFIED, "utf-16", "utf-16-le", "UTF-16"),
    (SIMPLIFIED, "utf-16-le", "utf-16-le", "UTF-16"),
    (SIMPLIFIED, "utf-16-be", "utf-16-be", "UTF-16"),
    (SIMPLIFIED, "utf-32", "utf-32-le", "UTF-32"),
    (SIMPLIFIED, "utf-32-be", "utf-32-be", "UTF-32"),
    ("Plain English in two bytes a letter.\n", "utf-16-le", "utf-16-le", "UTF-16"),
    ("Plain English in two bytes a letter.\n", "utf-16-be", "utf-16-be", "UTF-16"),
    (SIMPLIFIED, "gb2312", "gb18030", "GB18030"),
    (SIMPLIFIED + "镕㙍𠀀\n", "gb18030", "gb18030", "GB18030"),
    (TRADITIONAL, "gbk", "gb18030", "GB18030"),
    (TRADITIONAL, "big5", "cp950", "Big5"),
    ("約翰‧史密斯說：「他來了。」\n", "cp950", "cp950", "Big5"),
    (CANTONESE, "big5hkscs", "big5hkscs", "Big5-HKSCS"),
    (ENGLISH, "cp1252", "cp1252", "Windows-1252"),
    ("Prices rose by 5 per cent in the town’s café.\n", "cp1252", "cp1252", "Windows-1252"),
    ("It was 20°C outside.\n", "latin-1", "cp1252", "Windows-1252"),
]


@pytest.mark.parametrize(("text", "written", "codec", "label"), FOUND, ids=[f"{f[1]}-{i}" for i, f in enumerate(FOUND)])
def test_another_encoding_than_utf_8_is_found_and_reported(text: str, written: str, codec: str, label: str) -> None:
    decoded = decode(text.encode(written), "page.txt")
    assert decoded.text == text
    assert decoded.encoding == codec
    assert decoded.warnings == (GUESSED.format(label),)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("text", [SIMPLIFIED, TRADITIONAL, ENGLISH, "plain", ""])
def test_utf_8_goes_without_saying(text: str, mark: bytes) -> None:
    decoded = decode(mark + text.encode(), "page.txt")
    assert (decoded.text, decoded.encoding, decoded.warnings) == (text, "utf-8", ())


@pytest.mark.parametrize("snippet", ["中国", "他来了。", "“你好”，她说。", "Hi! 你们好！", "第1章 用水"])
@pytest.mark.parametrize("codec", ["gb18030", "big5"])
def test_a_few_characters_are_enough(snippet: str, codec: str) -> None:
    text = snippet.translate(str.maketrans("国来说们", "國來說們")) if codec == "big5" else snippet
    assert decode(text.encode(codec), "page.txt").text == text


@pytest.mark.parametrize("letter", ["é", "ö", "’", "…", "——", "”", "°C", "ñ", "£", "©", "éé"])
def test_english_in_windows_1252_is_not_read_as_chinese(letter: str) -> None:
    text = f"The word {letter}s and caf{letter} stand{letter} alone."
    assert decode(text.encode("cp1252"), "page.txt").text == text


def test_charset_normalizer_is_asked_where_nothing_else_fits() -> None:
    decoded = decode("“Don’t stop”, they said – it’s a café.\n".encode("mac_roman"), "page.txt")
    assert decoded.text.startswith("“Don’t stop”")
    assert decoded.warnings == (GUESSED.format("Mac Roman"),)


@pytest.mark.parametrize("name", ["gb2312", "GBK", "gb18030"])
def test_a_named_gb_encoding_covers_all_of_them(name: str) -> None:
    text = "朱镕基說話。"
    decoded = decode(text.encode("gbk"), "page.txt", name)
    assert (decoded.text, decoded.encoding, decoded.warnings) == (text, "gb18030", ())


@pytest.mark.parametrize("text", [TRADITIONAL, CANTONESE])
def test_named_big5_covers_hong_kong(text: str) -> None:
    assert decode(text.encode("big5hkscs"), "page.txt", "Big5").text == text


@pytest.mark.parametrize("name", ["utf-8", "utf-16", "utf-16-le", "utf_8_sig"])
def test_a_mark_is_left_out_of_text_in_a_named_encoding(name: str) -> None:
    mark = b"\xff\xfe" if "16" in name else b"\xef\xbb\xbf"
    codec = "utf-16-le" if "16" in name else "utf-8"
    assert decode(mark + SIMPLIFIED.encode(codec), "page.txt", name).text == SIMPLIFIED


@pytest.mark.parametrize("name", ["klingon", "base64", "rot13", "", "a\0b", "utf 99"])
def test_an_unknown_name_lists_examples(name: str) -> None:
    with pytest.raises(UsageError, match="Try utf-8, utf-16, gb18030, big5"):
        decode(b"text", "page.txt", name)


def test_a_wrong_name_tells_where_it_fails() -> None:
    with pytest.raises(EncodingError, match=r"page\.txt is not UTF-8: byte \d+ of line 2, 0x[0-9A-F]{2}, does not fit"):
        decode(("plain\n" + SIMPLIFIED).encode("gbk"), "page.txt", "utf-8")
    with pytest.raises(EncodingError, match="Name another encoding"):
        decode(b"text", "page.txt", "undefined")


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(1, 256)) * 4,
        SIMPLIFIED.encode("gbk") * 9 + TRADITIONAL.encode() * 9,
        "今日は天気".encode("shift_jis"),
    ],
)
def test_what_nothing_explains_is_refused(data: bytes) -> None:
    with pytest.raises(EncodingError) as caught:
        decode(data, "page.txt")
    message = str(caught.value)
    assert "page.txt can't be read as text: tried UTF-8 (byte " in message
    assert " does not fit), UTF-16, UTF-32, GB18030, Big5 and Windows-1252" in message
    assert "--encoding" in message


@pytest.mark.parametrize("codec", ["utf-8", "gb18030", "big5"])
def test_a_damaged_character_is_marked_and_reported(codec: str) -> None:
    text = TRADITIONAL * 5
    data = text.encode(codec).replace("隊".encode(codec), b"\xff", 1)
    decoded = decode(data, "page.txt")
    assert decoded.text == text.replace("隊", "\ufffd", 1)
    assert "1 unreadable character read as U+FFFD; byte" in decoded.warnings[-1]
    assert "of line 2, 0x" in decoded.warnings[-1]


def test_one_bad_byte_where_little_is_beyond_ascii() -> None:
    decoded = decode("It costs 5 €.\nThe caf".encode() + b"\xe9 is open.\n", "a")
    assert decoded.text == "It costs 5 €.\nThe caf\ufffd is open.\n"
    assert decoded.warnings == (
        "a: damaged UTF-8, 1 unreadable character read as U+FFFD; byte 8 of line 2, 0xE9, does not fit",
    )


def test_a_file_cut_within_its_last_character_is_read() -> None:
    decoded = decode("水。".encode()[:-1], "page.txt")
    assert decoded.text == "水\ufffd"
    assert "damaged UTF-8" in decoded.warnings[0]


MAGIC = [
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"PK\x03\x04\x14\x00", "a ZIP archive"),
    (b"\x1f\x8b\x08", "a gzip archive"),
    (b"\xff\xd8\xff\xe0", "a JPEG image"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1", "an old or password-protected Word"),
]


@pytest.mark.parametrize(("magic", "kind"), MAGIC)
@pytest.mark.parametrize("encoding", [None, "latin-1"])
def test_a_binary_file_is_named(magic: bytes, kind: str, encoding: str | None) -> None:
    with pytest.raises(InputError, match=rf"page\.txt is a binary file \(looks like {kind}.*Save it as plain text"):
        decode(magic + b"rest", "page.txt", encoding)


@pytest.mark.parametrize("data", [b"\0" * 64, b"\x01\0\0\0\x02\0\0\0" * 99, b"text\0" * 99])
def test_many_nul_bytes_are_binary(data: bytes) -> None:
    with pytest.raises(InputError, match=r"page\.txt is a binary file .* are NUL"):
        decode(data, "page.txt")


@pytest.mark.parametrize(("codec", "count"), [("utf-8", 1), ("utf-8", 3), ("gb18030", 1)])
def test_a_few_nul_bytes_stay_in_the_text(codec: str, count: int) -> None:
    text = SIMPLIFIED + "\0" * count + SIMPLIFIED
    decoded = decode(text.encode(codec), "page.txt")
    assert decoded.text == text
    assert f"holds {count} NUL character" in decoded.warnings[-1]


def test_the_telling_lines_may_come_late() -> None:
    text = "Plain English without a break. " * 9_000 + "and more\n" * 9_000 + SIMPLIFIED
    assert decode(text.encode("gb18030"), "page.txt").text == text


def test_one_long_line_is_judged_by_its_first_part() -> None:
    text = "The city had no water. 全市停水三天。" * 20_000
    assert decode(text.encode("big5"), "page.txt").encoding == "cp950"


@given(st.binary(max_size=300), st.sampled_from([".txt", ".md"]), st.sampled_from([None, "utf-8", "big5", "utf-16"]))
def test_any_bytes_give_a_document_or_a_clear_error(data: bytes, suffix: str, encoding: str | None) -> None:
    try:
        document = read_bytes(data, "page", suffix=suffix, encoding=encoding)
    except AlignerError as error:
        assert str(error).startswith("page ")
    else:
        assert isinstance(document, Document)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_utf_8_text_is_read_as_it_is(text: str) -> None:
    text = text.replace("\0", "").removeprefix("\ufeff")
    if not text.startswith(("%PDF-", "GIF8", "PK\x03\x04", "\x7fELF", "Rar!")):
        assert decode(text.encode(), "page.txt").text == text
