"""The reader in a real browser: every mode by click and by key, what it remembers, and that it loads nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from aligner.data import Alignment, Bead, Pair
from aligner.exporting import ExportSettings, export

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PHONE, DESKTOP = (390, 844), (1280, 800)
TEXTS = [
    ("The president of the bank spoke of certainty.", "银行行长谈到的确定性很高。"),
    ("Her daughter walks along the street.", "她的女儿在街上行走。"),
    ("Nobody is sure about this one.", "谁也没有把握。"),
]
HOSTILE = [
    "<script>window.hacked = 1</script><img src=x onerror='window.hacked=1'>",
    "</script><!-- ]]> &amp; &lt; {{x}} ${x} $x `",
    "\u202eright to left \u2066isolated",
    "breaks \n and \t and \r and \r\n end",
    "emoji 👨‍👩‍👧 and 𠀀 and \x01 \x7f \x85",
]

Open = Callable[..., "Page"]


def aligned(texts: list[tuple[str, str]], confidences: dict[int, float] | None = None) -> Alignment:
    known = confidences or {}
    pairs = [Pair(en, zh, known.get(i, 0.99), Bead((i,), (i,), known.get(i, 0.99))) for i, (en, zh) in enumerate(texts)]
    return Alignment((), (), (), tuple(pairs), ())


def many(number: int) -> Alignment:
    return aligned([(f"Line {i} of the water bill.", f"水费单第{i}行。") for i in range(number)])


@pytest.fixture
def open_reader(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Write an alignment and open it; at the end nothing may have been loaded, and no error be on the console."""
    contexts, complaints = [], []

    def open_reader(
        alignment: Alignment, size: tuple[int, int] = DESKTOP, *, script: str = "", book: str = "book", **options: Any
    ) -> Page:
        settings = ExportSettings(**options.pop("settings", {}))
        path = tmp_path / f"{book}.html"
        export(alignment, path, settings)
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: request.url == path.as_uri() or complaints.append(request.url))
        if script:
            page.add_init_script(script)
        page.goto(path.as_uri())
        return page

    yield open_reader
    for context in contexts:
        context.close()
    assert complaints == []


def visible(page: Page, selector: str) -> bool:
    return page.locator(selector).first.is_visible()


def texts_of(page: Page, selector: str) -> list[str]:
    return page.locator(selector).evaluate_all(
        "found => found.map(e => { const c = e.cloneNode(true); c.querySelectorAll('rt').forEach(r => r.remove());"
        " return c.textContent })"
    )


def setting(page: Page, name: str, value: str) -> None:
    if not page.locator("#settings").is_visible():
        page.get_by_role("button", name="Settings").click()
    page.locator(f'#settings label:has(input[name="{name}"][value="{value}"])').click()


def test_without_a_script_both_texts_are_there(open_reader: Open) -> None:
    page = open_reader(aligned(TEXTS), java_script_enabled=False)
    assert page.locator(".pair p").all_text_contents() == [text for pair in TEXTS for text in pair]
    assert all(paragraph.is_visible() for paragraph in page.locator(".pair p").all())
    assert not visible(page, "#open-settings")


def test_pinyin_by_key_and_by_click(open_reader: Open) -> None:
    page = open_reader(aligned(TEXTS))
    assert not visible(page, "#p1 rt")
    page.keyboard.press("p")
    assert visible(page, "#p1 rt")
    assert "yínháng hángzhǎng" in page.locator("#p1 rt").all_text_contents()
    assert "quèdìngxìng" in page.locator("#p1 rt").all_text_contents()
    assert texts_of(page, ".zh") == [zh for _, zh in TEXTS]
    setting(page, "pinyin", "off")
    assert not visible(page, "#p1 rt")
    assert visible(open_reader(aligned(TEXTS), book="other", settings={"pinyin": True}), "#p1 rt")


def test_traditional_characters_are_read_and_explained(open_reader: Open) -> None:
    page = open_reader(aligned([("Her hair is long.", "她的頭髮很長，銀行行長說。")]), settings={"zh_code": "zh-TW"})
    page.keyboard.press("p")
    assert {"tóufà", "hěn cháng"} <= set(page.locator("rt").all_text_contents())
    assert texts_of(page, ".zh") == ["她的頭髮很長，銀行行長說。"]
    page.locator("ruby.w", has_text="頭髮").click()
    assert page.locator("#word").inner_text().count("hair") >= 1
    assert "發" not in page.locator("#word").inner_text()


def test_tap_to_reveal(open_reader: Open) -> None:
    page = open_reader(aligned(TEXTS), PHONE, has_touch=True)
    setting(page, "translation", "hidden")
    page.keyboard.press("Escape")
    assert visible(page, "#p1 .en")
    assert not visible(page, "#p1 .zh")
    page.get_by_role("button", name="Show the translation").first.tap()
    assert visible(page, "#p1 .zh")
    assert not visible(page, "#p2 .zh")
    page.locator("#p2 .en").tap()
    assert visible(page, "#p2 .zh")
    page.locator("#p2 .en").tap()
    assert not visible(page, "#p2 .zh")
    page.keyboard.press("t")
    assert visible(page, "#p2 .zh")


def test_a_word_is_explained(open_reader: Open) -> None:
    page = open_reader(aligned(TEXTS))
    page.locator("#p2 ruby.w", has_text="女儿").click()
    popup = page.locator("#word")
    assert popup.locator("h2").inner_text().split() == ["女儿", "nǚ'ér"]
    assert "daughter" in popup.inner_text()
    page.locator("#p1 ruby.w", has_text="银行行长").click()
    assert "bank" in popup.inner_text()  # by its parts: the dictionary has no such word
    assert "yín háng" in popup.inner_text()
    page.get_by_role("button", name="Close").click()
    assert not popup.is_visible()
    page.locator("#p2 ruby.w").first.click()
    page.locator("#p2 ruby.w").first.click()
    assert not popup.is_visible()


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_the_explanation_is_on_the_screen_and_not_over_its_word(open_reader: Open, size: tuple[int, int]) -> None:
    page = open_reader(aligned(TEXTS * 8), size)
    for pair in ("#p1", "#p9", "#p24"):
        page.keyboard.press("Escape")
        page.locator(pair).scroll_into_view_if_needed()
        page.locator(f"{pair} ruby.w").last.click()
        popup, word = page.locator("#word").bounding_box(), page.locator(".looked-up").bounding_box()
        assert popup and word
        assert popup["x"] >= 0
        assert popup["x"] + popup["width"] <= size[0]
        assert popup["y"] >= 0
        assert popup["y"] + popup["height"] <= size[1]
        assert popup["y"] >= word["y"] + word["height"] or popup["y"] + popup["height"] <= word["y"]


def test_everything_by_keyboard(open_reader: Open) -> None:
    page = open_reader(aligned(TEXTS))
    press = page.keyboard.press
    press("j")
    press("j")
    assert page.locator(".current").get_attribute("id") == "p2"
    press("k")
    assert page.locator(".current").get_attribute("id") == "p1"
    press("ArrowRight")
    assert visible(page, "#word")
    first = page.locator("#word h2").inner_text()
    press("ArrowRight")
    assert page.locator("#word h2").inner_text() != first
    press("ArrowLeft")
    assert page.locator("#word h2").inner_text() == first
    press("Escape")
    assert not visible(page, "#word")
    press("t")
    assert not visible(page, "#p1 .zh")
    press("Enter")
    assert visible(page, "#p1 .zh")
    press("Enter")
    assert not visible(page, "#p1 .zh")
    press("ArrowRight")
    assert not visible(page, "#word")  # it would tell what is hidden
    before = page.locator("#p1 .en").evaluate("e => getComputedStyle(e).fontSize")
    press("+")
    assert page.locator("#p1 .en").evaluate("e => getComputedStyle(e).fontSize") > before
    press("?")
    assert visible(page, "#settings")
    assert page.evaluate("document.querySelector('#settings').contains(document.activeElement)")
    press("Escape")
    assert not visible(page, "#settings")
    assert page.evaluate("document.activeElement.id") == "open-settings"


def test_order_and_layout(open_reader: Open) -> None:
    def places(page: Page) -> tuple[dict[str, float], dict[str, float]]:
        boxes = [page.locator(f"#p1 .{language}").bounding_box() for language in ("en", "zh")]
        assert boxes[0]
        assert boxes[1]
        return dict(boxes[0]), dict(boxes[1])

    page = open_reader(aligned(TEXTS))
    en, zh = places(page)
    assert en["x"] + en["width"] <= zh["x"]
    page.keyboard.press("o")
    en, zh = places(page)
    assert zh["x"] + zh["width"] <= en["x"]
    assert texts_of(page, "#p1 p") == [TEXTS[0][1], TEXTS[0][0]]
    page.keyboard.press("l")
    en, zh = places(page)
    assert zh["y"] + zh["height"] <= en["y"]
    en, zh = places(open_reader(aligned(TEXTS), PHONE))
    assert en["y"] + en["height"] <= zh["y"]
    first = open_reader(aligned(TEXTS), book="zh", settings={"first": "zh"})
    assert texts_of(first, "#p1 p") == [TEXTS[0][1], TEXTS[0][0]]


def test_it_resumes_where_one_left_off(open_reader: Open) -> None:
    page = open_reader(many(300), PHONE)
    assert not visible(page, "#resumed")
    page.locator("#p150").evaluate("e => e.scrollIntoView()")
    page.locator("#place", has_text="150 /").wait_for()
    page.reload()
    page.locator("#place", has_text="150 /").wait_for()
    assert "Resumed at 150 of 300." in page.locator("#resumed").inner_text()
    box = page.locator("#p150").bounding_box()
    assert box
    assert 0 <= box["y"] <= 200
    page.get_by_role("button", name="From the start").click()
    page.locator("#place", has_text=re.compile(r"^1 /")).wait_for()
    page.reload()
    assert not visible(page, "#resumed")


def test_another_text_does_not_resume_there(open_reader: Open, tmp_path: Path) -> None:
    page = open_reader(many(300))
    page.locator("#p150").evaluate("e => e.scrollIntoView()")
    page.locator("#place", has_text="150 /").wait_for()
    export(many(301), tmp_path / "book.html")
    page.reload()
    assert page.locator("#place").inner_text() == "1 / 301"


def test_settings_are_remembered(open_reader: Open) -> None:
    page = open_reader(aligned(TEXTS))
    for key in "polt":
        page.keyboard.press(key)
    setting(page, "theme", "dark")
    chosen = page.evaluate("({...document.documentElement.dataset})")
    page.reload()
    assert page.evaluate("({...document.documentElement.dataset})") == chosen
    assert texts_of(page, "#p1 p") == [TEXTS[0][1], TEXTS[0][0]]
    assert visible(page, "#p1 rt")


def test_a_browser_that_remembers_nothing_still_shows_everything(open_reader: Open) -> None:
    refuse = "for (const name of ['getItem', 'setItem']) Storage.prototype[name] = () => { throw Error('refused'); };"
    page = open_reader(aligned(TEXTS), script=refuse)
    page.keyboard.press("p")
    assert visible(page, "#p1 rt")


def test_light_and_dark(open_reader: Open) -> None:
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    page = open_reader(aligned(TEXTS), color_scheme="light")
    light = page.evaluate(paper)
    page.keyboard.press("d")
    dark = page.evaluate(paper)
    assert dark != light
    assert open_reader(aligned(TEXTS), color_scheme="dark").evaluate(paper) == dark


def test_doubtful_pairs_are_marked(open_reader: Open) -> None:
    page = open_reader(aligned(TEXTS, {2: 0.567}))
    assert page.locator(".doubtful").count() == 1
    assert page.locator("#p3 .doubt").inner_text() == "Uncertain match, 57% sure"


def test_paper_shows_all(open_reader: Open) -> None:
    page = open_reader(aligned(TEXTS))
    page.keyboard.press("t")
    page.emulate_media(media="print")
    assert all(paragraph.is_visible() for paragraph in page.locator(".pair p").all())
    assert not any(visible(page, name) for name in ("#open-settings", "#settings", "#word", ".reveal"))


def test_hostile_text_stays_text(open_reader: Open) -> None:
    page = open_reader(aligned([(text, "水" + text) for text in HOSTILE]), settings={"title": HOSTILE[0]})
    page.keyboard.press("p")
    assert texts_of(page, ".en") == HOSTILE
    assert texts_of(page, ".zh") == ["水" + text for text in HOSTILE]
    assert page.locator(".zh ruby").count() >= len(HOSTILE)
    assert page.evaluate("window.hacked") is None
    assert page.title() == HOSTILE[0]


def test_empty_and_one_pair(open_reader: Open) -> None:
    page = open_reader(aligned([]))
    assert visible(page, ".empty")
    for key in ("j", "ArrowRight", "p", "t", "o", "Enter"):
        page.keyboard.press(key)
    page = open_reader(aligned(TEXTS[:1]), book="one")
    assert not visible(page, ".empty")
    assert page.locator("#place").inner_text() == "1 / 1"


def test_a_long_book_is_marked_up_as_it_is_read(open_reader: Open) -> None:
    page = open_reader(many(5_000), PHONE)
    assert page.locator(".pair").count() == 5_000
    assert 5 < page.locator(".pair:has(ruby)").count() < 500
    page.locator("#p4000").evaluate("e => e.scrollIntoView()")
    page.locator("#p4000 ruby").first.wait_for()
    page.keyboard.press("o")
    assert texts_of(page, "#p4000 p")[0] == "水费单第3999行。"
    assert page.locator(".pair:has(ruby)").count() < 1_000


def test_every_control_has_a_name(open_reader: Open) -> None:
    page = open_reader(aligned(TEXTS))
    page.get_by_role("button", name="Settings").click()
    page.locator("ruby.w").first.click()
    names = page.locator("button, input, aside, form").evaluate_all(
        "found => found.map(e => e.getAttribute('aria-label') || e.textContent || e.closest('label').textContent)"
    )
    assert all(name.strip() for name in names)
    assert page.locator(".zh").first.get_attribute("lang") == "zh-CN"
    assert page.locator(".en").first.get_attribute("lang") == "en-US"
