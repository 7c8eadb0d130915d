"""HTML: what is text, where it breaks, and what is no part of an article."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aligner.data import Document
from aligner.reading import read_bytes


def read(page: str | bytes, suffix: str = ".html") -> Document:
    return read_bytes(page.encode() if isinstance(page, str) else page, f"page{suffix}", suffix=suffix)


def texts(page: str) -> list[str]:
    return [line.text for line in read(page).lines]


TEXTS = [
    ("<p>one<p>two", ["one", "two"]),
    ("<p>on<b>e</b>\n  <i>tw</i>o</p>three", ["one two", "three"]),
    ("<div>a<div>b</div>c</div>", ["a", "b", "c"]),
    ("The sea.<br>大海。<br/>The sky.", ["The sea.", "大海。", "The sky."]),
    ("<table><tr><td>a<td>水<tr><td>b<p>c<td>来</table>", ["a", "水", "b", "c", "来"]),
    ("<ul><li>a<li>b</ul><dl><dt>c<dd>d</dl>", ["a", "b", "c", "d"]),
    ("<p>茶水\n  免费。</p><p>tea\nis free</p>", ["茶水免费。", "tea is free"]),
    ("<pre>one\ntwo\n\nthree\n</pre>", ["one two", "three"]),
    ("<p>a&nbsp;b &amp; &lt;c&gt; &mdash; d &#x4e2d;</p>", ["a\u00a0b & <c> — d 中"]),
    ("<script>var x = '<p>a</p>'</script><style>p{}</style><p>b<!-- c -->d</p>", ["bd"]),
    ("<p>a<svg><text>b</text></svg><template>c</template></p>", ["a"]),
    ("<div style='display:none'>译文</div>", ["译文"]),
    ("<header><h1>Title</h1></header><article><p>a</p><footer>b</footer></article>", ["Title", "a", "b"]),
    ("", []),
    ("   ", []),
    ("<html></html>", []),
    ("plain text & more", ["plain text & more"]),
]


@pytest.mark.parametrize(("page", "expected"), TEXTS, ids=range(len(TEXTS)))
def test_the_text_of_a_page(page: str, expected: list[str]) -> None:
    assert texts("<!DOCTYPE html><meta charset=utf-8>" + page) == expected


SKIPPED = [
    ("<title>t</title>", [("title of the window", "t")]),
    ("<nav><a>Home</a> <a>体育</a></nav>", [("navigation of the page", "Home 体育")]),
    ("<div role=navigation><p>Home</div>", [("navigation of the page", "Home")]),
    ("<aside><p>a<nav>b</nav></aside>", [("side column of the page", "a"), ("side column of the page", "b")]),
    ("<footer><p>a</footer>", [("foot of the page", "a")]),
    ("<noscript>a</noscript>", [("shown only without JavaScript", "a")]),
    ("<select><option>a<option>b</select>", [("form control", "ab")]),
    ("<button>Share</button>", [("form control", "Share")]),
    ("<p><ruby>开<rt>kāi</rt>放<rt>fàng</rt></ruby>", [("reading aid above the characters", "kāi fàng")]),
]


@pytest.mark.parametrize(("page", "expected"), SKIPPED, ids=range(len(SKIPPED)))
def test_what_is_no_article_is_kept_apart_with_a_reason(page: str, expected: list[tuple[str, str]]) -> None:
    document = read(f"<!DOCTYPE html><meta charset=utf-8>{page}<p>The end.")
    assert [(entry.reason, entry.text) for entry in document.skipped] == expected
    assert document.lines[-1].text == "The end."
    numbers = [entry.line for entry in document.skipped] + [line.number for line in document.lines]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))


CHINESE = "<p>图书馆星期天也开放，茶水免费。</p>"


@pytest.mark.parametrize(
    ("head", "codec", "encoding"),
    [
        ("", "utf-8", "utf-8"),
        ("<meta charset=gb2312>", "gb18030", "gb18030"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=big5">', "big5", "cp950"),
        ('<?xml version="1.0" encoding="GBK"?>', "gb18030", "gb18030"),
        ("<meta charset=gb2312>", "utf-8", "utf-8"),
        ("<meta charset=utf-8>", "gb18030", "gb18030"),
        ("<meta charset=iso-8859-1>", "gb18030", "gb18030"),
        ("<meta charset=klingon>", "utf-8", "utf-8"),
        ("<meta charset=gb2312>", "utf-16", "utf-16-le"),
    ],
)
def test_the_encoding_that_a_page_names_and_the_one_it_is_in(head: str, codec: str, encoding: str) -> None:
    text = CHINESE if codec != "big5" else "<p>圖書館星期天也開放。</p>"
    document = read((head + text).encode(codec))
    assert document.encoding == encoding
    assert [line.text for line in document.lines] == [text[3:-4]]


@pytest.mark.parametrize(
    ("charset", "codec", "encoding"),
    [
        ("gb2312", "gb18030", "gb18030"),
        ("gb2312", "utf-8", "utf-8"),
        ("klingon", "gb18030", "gb18030"),
        ("klingon", "utf-8", "utf-8"),
        ("us-ascii", "gb18030", "gb18030"),
    ],
)
def test_the_encoding_that_an_envelope_names_and_the_one_its_page_is_in(
    charset: str, codec: str, encoding: str
) -> None:
    envelope = f"Content-Type: text/html; charset={charset}\nContent-Transfer-Encoding: 8bit\n\n"
    document = read(envelope.encode() + CHINESE.encode(codec), ".mhtml")
    assert document.encoding == encoding
    assert [line.text for line in document.lines] == [CHINESE[3:-4]]


def test_a_page_in_a_text_file_gets_a_warning() -> None:
    assert read(" <!DOCTYPE html><p>a", ".txt").warnings == (
        "page.txt: looks like a web page; give it the suffix .html",
    )


def test_the_second_of_two_pages() -> None:
    document = read_bytes(b"<nav>a</nav><p>b", "page.html", suffix=".html", source=1)
    assert {document.lines[0].source, document.skipped[0].source} == {1}


WORDS = st.text(st.sampled_from("ab水。 <>&"), min_size=1).map(lambda text: text.strip()).filter(bool)


@given(st.lists(WORDS, min_size=1))
def test_escaped_paragraphs_come_out_as_they_are(paragraphs: list[str]) -> None:
    from html import escape

    page = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    assert texts("<meta charset=utf-8>" + page) == [" ".join(paragraph.split()) for paragraph in paragraphs]


@pytest.mark.parametrize("before", ["", '<?xml version="1.0"?>\n<!-- a page -->\n', "\ufeff"])
def test_declarations_of_a_document_type_are_no_text(before: str) -> None:
    doctype = '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x.dtd" [\n<!ATTLIST p id CDATA "a > b">\n]>'
    page = f"{before}{doctype}<html><body><p>Tea [hot]></p></body></html>"
    document = read_bytes(page.encode(), "page.xhtml", suffix=".xhtml")
    assert [line.text for line in document.lines] == ["Tea [hot]>"]
