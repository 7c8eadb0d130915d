import pytest

from aligner.cleaning.gibberish import is_random, random_tail
from aligner.cleaning.language import language_of
from aligner.cleaning.looks import looks_of

BODY = "The first ferry in eleven years left on Monday morning, and the whole town had come to the pier to see it go."
HEADLINES = ["Coach resigns after cup defeat", "Two hurt as crane falls", "Rovers sign striker", "Court frees singer"]
标题 = ["地铁延长运营时间", "男篮主场险胜", "古镇灯会开幕", "女排名将宣布退役"]


def reasons(texts: list[str]) -> list[str]:
    return [look.reason for look in looks_of(texts, [language_of(text) for text in texts])]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{{sentenceStarter}}", "template"),
        ("共 {{ total }} 条评论", "template"),
        ("<%= render 'share' %>", "template"),
        ("https://www.example.org/a", "web address"),
        ("Home > News > World", "path"),
        ("当前位置：首页 > 英语阅读 > 正文", "path"),
        ("上一篇：地铁延长运营时间", "link"),
        ("Next article: Court frees singer", "link"),
        ("« Previous", "link"),
        ("相關閱讀：", "link"),
        ("© 2018 The Harbour Gazette", "copyright"),
        ("All rights reserved.", "copyright"),
        ("本文为原创，转载请注明出处。", "copyright"),
        ("Share", "invitation"),
        ("Follow us for more stories like this one.", "invitation"),
        ("12 likes", "invitation"),
        ("分享到：", "invitation"),
        ("關注我們的公眾號", "invitation"),
        ("Advertisement", "advertisement"),
        ("广告", "advertisement"),
        ("Photo: L. Marten", "photo credit"),
        ("（资料图）", "photo credit"),
        ("2 min read", "date, author"),
        ("责任编辑：林小雨", "date, author"),
        ("2018-09-14 10:26:31", "date, author"),
        ("bluewhale12 · 3 hours ago", "comment"),
        ("网友 小太阳 3小时前", "comment"),
        ("liaison n. 联络", "glossary"),
    ],
)
def test_furniture(text: str, reason: str) -> None:
    assert reason in reasons([BODY, text, BODY])[1]


@pytest.mark.parametrize(
    "text",
    [
        BODY,
        "Share prices fell sharply on Monday.",
        "Published in 1922, the book made her famous.",
        "What comes next?",
        "Photographs of the scene showed a burning lorry.",
        "网友表示，这条新闻令人难过。",
        "广告有一点疯狂，但我认为没有别的意思。",
        "他的当选赢得了广泛关注。",
        "作者认为，机器人不会取代教师。",
        "A ministry spokesman said copyright law would be changed.",
        "The ferry returns",
        "渡轮重新起航",
    ],
)
def test_text_of_an_article_is_not_doubted(text: str) -> None:
    assert reasons([BODY, text, BODY])[1] == ""


def test_a_list_of_headlines() -> None:
    found = reasons([BODY, *HEADLINES, *HEADLINES, BODY])
    assert found[1] == "one of a list of 8 short lines without a full stop"
    assert found[0] == found[9] == ""


def test_the_last_line_of_a_list_may_be_the_title_of_what_follows() -> None:
    found = reasons([BODY, *HEADLINES, "Island ferry returns", BODY])
    assert found[4].startswith("one of a list")
    assert found[5] == ""
    both = reasons([BODY, *HEADLINES, "Island ferry returns", "渡轮重新起航", BODY])
    assert both[5:7] == ["", ""]


def test_the_first_line_of_a_page_may_be_its_title() -> None:
    assert reasons(["Island ferry returns", "渡轮重新起航", *HEADLINES])[:2] == ["", ""]


def test_a_list_that_mixes_the_languages_has_no_title_in_it() -> None:
    mixed = [HEADLINES[0], *标题[:2], *HEADLINES[1:3], 标题[2], HEADLINES[3], BODY]
    assert all(reason.startswith("one of a list") for reason in reasons([BODY, *mixed])[1:-1])


def test_languages_by_turns_are_subtitles_and_no_list() -> None:
    turns = [line for pair in zip(HEADLINES, 标题, strict=True) for line in pair]
    assert reasons([BODY, *turns, BODY]) == [""] * 10


def test_a_headline_with_a_full_stop_is_still_one_of_the_list() -> None:
    found = reasons([BODY, *HEADLINES[:2], "Labour is no longer a broad church.", *HEADLINES[2:], HEADLINES[0], BODY])
    assert found[3] == "one of a list of 6 short lines without a full stop"


def test_invisible_marks_and_random_tails_do_not_hide_a_full_stop() -> None:
    lines = [f"This is the sentence number {number}." for number in range(6)]
    assert reasons([line + "\u200b" for line in lines]) == [""] * 6
    assert reasons([line + "47d5mJNnQTd" for line in lines]) == [""] * 6


def test_headlines_with_a_label() -> None:
    lines = [f"体坛英语资讯:{line}" for line in HEADLINES] + ["体坛英语资讯:Will Woods return?"]
    looks = looks_of([BODY, *lines], ["en"] * 6)
    assert {look.reason for look in looks[1:]} == {"one of a list of 5 headlines that begin with “体坛英语资讯:”"}
    assert {look.label for look in looks[1:]} == {len("体坛英语资讯:")}


def test_speakers_are_no_labels_of_headlines() -> None:
    lines = ["Q: How are you?", "A: I am well.", "Q: And your wife?", "A: She is well too.", "Q: Good.", "A: Yes."] * 2
    assert reasons(lines) == [""] * 12


@pytest.mark.parametrize(
    "text",
    [
        "47d5mJNnQTd",
        "XzQNGLJsJ68s",
        "YL&HC9s@ZE7;#rK^3Tf",
        "D45zQYLGe",
        "3ixk@;p8]!#a",
        "zXVujyz9qRtudHURiX4",
        "LizQGSPeQa7GsMqnXG",
        "Kz*bzvcQQ^nzRI_9Z6",
    ],
)
def test_random_characters(text: str) -> None:
    assert is_random(text)
    assert random_tail(f"It ends here.{text}") == 13
    assert random_tail(f"到此为止。{text}\n") == 5
    assert random_tail(f"No full stop {text}") == 13
    assert random_tail(f'"It ends here."{text}') == 15
    assert random_tail(f"A word that sticks{text}") == len(f"A word that sticks{text}")


def test_random_characters_that_begin_like_a_word_are_known_on_a_line_of_their_own() -> None:
    assert random_tail("Xvmat$BndJY!bkU5y#p") == 0


@pytest.mark.parametrize(
    "text",
    [
        "JavaScript/TypeScript", "https://t.co/a8F3kd9Xq", "kim.lee@example.org", "iPhone12ProMax",
        "2018-09-14T10:26:31", "[00:02:10,123]", "ADVERTISEMENT", "internationalisation", "McDonald's", "COVID-19",
        "E=mc^2+Bx^3+C", "SARS-CoV-2", "F-35A/F-35B", "B.Sc./M.Sc./Ph.D", "3G/4G/5G-ready", "U.S.-Japan-ROK",
        "please!!!!!!!!!!",
        "C12H22O11", "Wi-Fi6E/802.11ax", "2x4x6x8x10", "ChAdOx1-MERS", "$\\mathbf{X}_t$", "them.&nbsp;",
    ],
)  # fmt: skip
def test_words_are_not_random(text: str) -> None:
    assert not is_random(text)
    assert random_tail(f"See {text}") == len(f"See {text}")
