"""The page in a real browser: correcting by key and by mouse, exporting, two windows, and 20,000 rows."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from aligner.review import actions
from aligner.review.editor import Editor
from aligner.review.project import Project

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

REFUSED = "Failed to load resource"  # what the browser itself says of an answer that refuses something
PATIENCE = 20  # seconds
Make = Callable[..., Project]
KINDS = [(1, 1, 0.99), (1, 1, 0.4), (2, 2, 0.6), (1, 1, 0.99), (1, 1, 0.8), (1, 1, 0.99), (2, 2, 0.3), (1, 1, 0.99)]


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser window; at the end no error may be on the console, and nothing asked for elsewhere."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, accept_downloads=True)
    complaints: list[str] = []

    def asked(url: str) -> None:
        if not url.startswith(("http://127.0.0.1", "blob:")):
            complaints.append(url)

    def watch(page: Page) -> None:
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: REFUSED in message.text or complaints.append(message.text))
        page.on("request", lambda request: asked(request.url))

    context.on("page", watch)
    yield context
    context.close()
    assert complaints == []


@pytest.fixture
def open_page(context: BrowserContext, editor: Editor, address: str) -> Callable[[Project], Page]:
    def open_page(project: Project) -> Page:
        editor.project = project
        page = context.new_page()
        page.goto(address)
        page.wait_for_selector(".row.current")
        return page

    return open_page


@pytest.fixture
def page(make_project: Make, open_page: Callable[[Project], Page]) -> Page:
    """The page of ten pairs, two of whose rows are joined; it opens at the first doubtful row."""
    return open_page(make_project(KINDS, page=True))


def kinds(page: Page) -> list[str]:
    return page.locator(".row .kind").all_text_contents()


def current(page: Page) -> Locator:
    return page.locator(".row.current")


def press(page: Page, keys: str) -> None:
    """Press keys one after the other, as fast as they come."""
    for key in keys.split():
        page.keyboard.press(key)


def wait(page: Page, condition: str) -> None:
    """Wait until a condition holds; Playwright's own way evaluates strings, which the page's policy forbids."""
    for _ in range(PATIENCE * 50):
        if page.evaluate(f"Boolean({condition})"):
            return
        time.sleep(0.02)
    raise AssertionError(f"{condition} did not come true")


def in_order(page: Page) -> list[tuple[str, str]]:
    """The English and Chinese text of each row, by its place."""
    rows = page.locator(".row").evaluate_all(
        """rows => rows.sort((a, b) => a.ariaPosInSet - b.ariaPosInSet).map(row => ['en', 'zh'].map(side =>
        [...row.querySelectorAll(`.${side} .text`)].map(text => text.textContent).join(' | ')))"""
    )
    return [(en, zh) for en, zh in rows]


def test_it_opens_at_the_first_doubtful_row(page: Page) -> None:
    assert "Nobody had told" in current(page).inner_text()
    assert "40%" in current(page).inner_text()
    assert page.locator("#progress").inner_text() == "3 doubtful · 0 of 8 settled"


def test_split_merge_and_undo_by_key(page: Page) -> None:
    press(page, "n s")  # the next doubtful one is the first 2-2
    wait(page, "document.querySelectorAll('.row').length === 9")
    rows = in_order(page)
    assert rows[2] == ("He drank his tea and looked at the sky.", "他喝着茶，看着天空。")
    press(page, "m")
    wait(page, "document.querySelectorAll('.row').length === 8")
    assert "2-2" in current(page).inner_text()
    press(page, "u u")
    wait(page, "document.querySelector('#progress').textContent.startsWith('3 doubtful')")
    press(page, "U")
    wait(page, "document.querySelectorAll('.row').length === 9")
    page.reload()
    page.wait_for_selector(".row.current")
    assert in_order(page) == rows


# Thirty pairs, ten of them wrong in the usual ways, and the keys that correct each; the page opens at the first.
CHAPTER = [
    *[(2, 2, 0.3), (2, 1, 0.3), (0, 1, 0.3), (1, 0, 0.3), (0, 1, 0.3), (2, 2, 0.3), (1, 2, 0.3), (1, 0, 0.3)],
    *[(1, 1, 0.3), (1, 1, 0.99), (1, 0, 0.3), (1, 2, 0.3), (2, 2, 0.3), (0, 1, 0.3), (1, 0, 0.3), (2, 2, 0.3)],
    *[(1, 1, 0.99)] * 11,
]
CORRECTIONS = ["s", "n E a", "n l", "n s", "n Z a", "n Enter", "z a", "n s", "n l", "n s"]


def test_ten_corrections_take_at_most_three_keys_each(
    make_project: Make, open_page: Callable[[Project], Page], root: Path
) -> None:
    articles = [root / "tests" / "data" / "articles" / name for name in ("ferry", "library", "bees")]
    english, chinese = (
        [line for path in articles for line in path.with_suffix(suffix).read_text("utf-8").splitlines() if line]
        for suffix in (".en", ".zh")
    )
    project = make_project(CHAPTER, texts=(english[:29], chinese[:29]))
    page = open_page(project)
    for keys in CORRECTIONS:
        assert len(keys.split()) <= 3
        press(page, keys)
    wait(page, "document.querySelector('#progress').textContent.startsWith('0 doubtful')")
    assert [(row.en, row.zh) for row in project.rows] == [((n,), (n,)) for n in range(29)]


def test_moves_by_key(page: Page) -> None:
    press(page, "g e")
    wait(page, "document.querySelector('.row.current .kind').textContent === '2-1'")
    press(page, "E z Z")
    wait(page, "document.querySelector('.row.current .kind').textContent === '1-1'")
    press(page, "j j ArrowRight Shift+ArrowUp")
    wait(page, "document.querySelector('.row.current .kind').textContent === '2-1'")
    press(page, "Shift+ArrowDown")
    wait(page, "document.querySelector('.row.current .kind').textContent === '2-0'")


def test_unlink_mark_and_link(page: Page) -> None:
    press(page, "g x")
    wait(page, "document.querySelectorAll('.row').length === 9")
    assert "no Chinese counterpart" in current(page).inner_text()
    press(page, "v l")  # marks it and goes on to the Chinese one
    wait(page, "document.querySelectorAll('.row').length === 8")
    assert in_order(page)[0] == ("The ferry leaves the harbour at seven in the morning.", "渡轮早上七点离开港口。")


def test_decisions_and_filters(page: Page) -> None:
    press(page, "g w j d j c")
    page.locator("textarea").wait_for()
    page.keyboard.type("ask the author")
    press(page, "Enter")
    wait(page, "document.querySelector('.comment')?.textContent === 'ask the author'")
    for name, count in (("wrong", 1), ("dropped", 1), ("comments", 1), ("doubtful", 2), ("several", 2), ("all", 8)):
        page.select_option("#filter", name)
        wait(page, f"document.querySelectorAll('.row').length === {count}")
    press(page, "g w")  # open again
    wait(page, "!document.querySelector('.row.is-wrong')")
    page.fill("#threshold", "90")
    page.press("#threshold", "Tab")
    wait(page, "document.querySelector('#progress').textContent.startsWith('3 doubtful')")


def test_search_marks_what_it_finds(page: Page) -> None:
    press(page, "/")
    page.keyboard.type("captain")
    wait(page, "document.querySelectorAll('.row').length === 2")
    assert page.locator("mark").all_text_contents() == ["captain", "captain"]
    press(page, "Escape")
    wait(page, "document.querySelectorAll('.row').length === 8")


def test_edit_keeps_the_original(page: Page) -> None:
    press(page, "g i")
    page.locator("textarea").first.wait_for()
    page.keyboard.press("Control+a")
    page.keyboard.type("<b>Mended</b> & done.")
    press(page, "Enter")
    wait(page, "document.querySelector('.edited')")
    assert in_order(page)[0][0] == "<b>Mended</b> & done."
    assert "The ferry leaves" in (page.locator(".edited").get_attribute("title") or "")
    press(page, "i Escape u")
    wait(page, "!document.querySelector('.edited')")


def test_what_is_typed_before_a_field_opens_is_no_command(page: Page) -> None:
    page.route("**/act", lambda route: (time.sleep(0.3), route.continue_()))
    press(page, "g w i d d w")
    page.locator("textarea").first.wait_for()
    press(page, "Escape")
    assert page.locator("#undo").get_attribute("title") == "Undo: mark wrong"


def test_align_again_around_a_correction(make_project: Make, open_page: Callable[[Project], Page]) -> None:
    page = open_page(make_project([(1, 2, 0.3), *[(1, 1, 0.3)] * 8, (1, 0, 0.3)], page=True))
    press(page, "g Z a")
    wait(page, "document.querySelector('#progress').textContent.startsWith('0 doubtful')")
    assert in_order(page)[-1] == ("The captain went straight to bed.", "船长直接去睡觉了。")


def test_by_mouse(page: Page) -> None:
    page.locator(".row", has_text="He drank").click()
    current(page).locator(".cell.en .gap").click()
    wait(page, "document.querySelectorAll('.row').length === 9")
    page.get_by_role("button", name="Merge").click()
    wait(page, "document.querySelectorAll('.row').length === 8")
    current(page).locator(".cell.zh .nudge.down").click()
    wait(page, "document.querySelector('.row.current .kind').textContent === '2-1'")
    page.get_by_role("button", name="Undo").click()
    wait(page, "document.querySelector('.row.current .kind').textContent === '2-2'")
    page.get_by_role("button", name="Wrong").click()
    page.locator(".row.is-wrong").wait_for()
    page.locator(".row", has_text="At noon").locator(".text").first.dblclick()
    assert page.locator("textarea").first.is_visible()
    page.get_by_role("button", name="Cancel").click()
    assert page.locator("textarea").count() == 0
    page.locator("#strip").click(position={"x": 5, "y": 2})
    wait(page, "document.querySelector('.row.current').ariaPosInSet === '1'")


def test_export_writes_the_file(page: Page) -> None:
    press(page, "Enter o")
    page.select_option("#export-format", ".tsv")
    page.check("input[value=confirmed]")
    assert page.locator("#count-confirmed").inner_text() == "1"
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "work.tsv"
    lines = Path(download.value.path()).read_text("utf-8").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("Nobody had told the captain about the storm.\t没有人告诉船长有暴风雨。\t1.0000\t")


def test_export_by_keys_alone(page: Page) -> None:
    press(page, "Enter o")
    page.locator("#export-dialog").wait_for()
    page.keyboard.type(".jsonl")
    press(page, "Tab ArrowUp")
    assert page.locator("input[value=confirmed]").is_checked()
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "work.jsonl"
    assert len(Path(download.value.path()).read_text("utf-8").splitlines()) == 1
    press(page, "w")  # the keys act on the rows again
    page.locator(".row.is-wrong").wait_for()


def test_nothing_to_export_is_told_in_the_dialog(page: Page) -> None:
    press(page, "o")
    page.check("input[value=confirmed]")
    page.keyboard.press("Enter")
    page.locator("#export-problem", has_text="no pair to export").wait_for()


def test_the_overlay_of_keys(page: Page) -> None:
    press(page, "?")
    assert page.locator("#help-dialog").is_visible()
    assert page.locator("#help-dialog dd", has_text="align again").is_visible()
    press(page, "Escape")
    assert not page.locator("#help-dialog").is_visible()


def test_two_windows(page: Page) -> None:
    """The second window shows what the first did; what it does meanwhile to something else is refused, and told."""
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_selector(".row.current")
    press(page, "g m")
    wait(other, "document.querySelectorAll('.row').length === 7")
    other.route("**/revision", lambda route: route.abort())  # it hears of nothing any more
    press(page, "u")
    wait(page, "document.querySelectorAll('.row').length === 8")
    press(other, "g w")
    wait(other, "document.querySelector('#toast').textContent.includes('another window')")
    wait(other, "document.querySelectorAll('.row').length === 8")
    assert other.locator(".row.is-wrong").count() == 0


def test_a_second_program_is_noticed(make_project: Make, open_page: Callable[[Project], Page]) -> None:
    project = make_project(KINDS, page=True)
    page = open_page(project)
    other = Project(project.path)
    other.apply(actions.merge(other.rows, 0), 0)
    press(page, "g w")
    wait(page, "document.querySelector('#toast').textContent.includes('another window')")
    wait(page, "document.querySelectorAll('.row').length === 7")
    other.close()


def test_when_the_editor_has_stopped_the_page_says_so(page: Page) -> None:
    page.route("**/*", lambda route: route.abort())
    press(page, "w")
    page.locator("#stopped", has_text="work.aligner").wait_for()
    page.unroute("**/*")
    press(page, "w")
    page.locator(".row.is-wrong").wait_for()
    assert not page.locator("#stopped").is_visible()


def test_dark_and_light(page: Page) -> None:
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)
    press(page, "t")
    assert page.evaluate(background) != light


@pytest.mark.parametrize("width", [820, 390])
def test_on_a_tablet_and_a_phone_nothing_sticks_out(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 1000})
    press(page, "n")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    boxes = [button.bounding_box() for button in page.locator("#actions button").all()]
    assert all(box and box["height"] >= 44 for box in boxes)


def test_twenty_thousand_rows(make_project: Make, open_page: Callable[[Project], Page]) -> None:
    page = open_page(make_project([(1, 1, 0.5 if n % 1000 == 999 else 0.99) for n in range(20_000)]))
    assert "Sentence 999." in current(page).inner_text()
    for key, place in (("End", "20000"), ("Home", "1"), ("n", "1000"), ("n", "2000"), ("PageUp", None)):
        press(page, key)
        if place:
            wait(page, f"document.querySelector('.row.current').ariaPosInSet === '{place}'")
        assert page.locator(".row").count() < 80
    seen = page.evaluate(
        """async () => {
        const scroller = document.getElementById('scroller');
        const seen = new Set();
        scroller.scrollTop = 0;
        for (let n = 0; n < 60; n++) {
          await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
          const {top, bottom} = scroller.getBoundingClientRect();
          const boxes = [...document.querySelectorAll('.row:not(.current)')]
            .map(row => [row, row.getBoundingClientRect()])
            .filter(([, box]) => box.bottom > top && box.top < bottom).sort((a, b) => a[1].top - b[1].top);
          if (boxes[0][1].top > top + 1 || boxes.at(-1)[1].bottom < bottom - 1)
            return `a hole at ${scroller.scrollTop}`;
          for (let k = 1; k < boxes.length; k++)
            if (Math.abs(boxes[k][1].top - boxes[k - 1][1].bottom) > 1) return `a gap at ${scroller.scrollTop}`;
          boxes.forEach(([row]) => seen.add(row.dataset.id));
          scroller.scrollTop += 300;
        }
        return seen.size; }"""
    )
    assert isinstance(seen, int), seen
    assert seen > 250
    page.keyboard.press("m")
    wait(page, "document.querySelector('#progress').textContent.includes('19,999')")


def test_a_seed_from_the_command_line(context: BrowserContext, seeds: Path, tmp_path: Path) -> None:
    """The whole way: align a page, split its 2-2 bead, merge, undo, reload, export, and end with Ctrl-C."""
    source = tmp_path / "page.txt"
    source.write_bytes((seeds / "000_d7a3e98a9e6f6cf5.txt").read_bytes())
    command = [sys.executable, "-m", "aligner", "review", str(source), "--no-browser"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert running.stdout is not None
    page = context.new_page()
    page.goto(running.stdout.readline().strip())
    page.wait_for_selector(".row.current")
    page.locator(".row", has=page.locator(".kind", has_text="2-2")).first.click()
    before = len(kinds(page))
    texts = current(page).locator(".text").all_text_contents()
    press(page, "s")
    wait(page, "document.querySelector('.row.current .kind').textContent === '1-1'")
    press(page, "m")
    wait(page, "document.querySelector('.row.current .kind').textContent === '2-2'")
    press(page, "u")
    wait(page, "document.querySelector('.row.current .kind').textContent === '1-1'")
    page.reload()
    page.wait_for_selector(".row.current")
    press(page, "o")
    page.select_option("#export-format", ".tsv")
    page.check("input[value=confirmed]")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    lines = Path(download.value.path()).read_text("utf-8").splitlines()[1:]
    assert [line.split("\t")[:2] for line in lines] == [[texts[0], texts[2]], [texts[1], texts[3]]]
    assert before > 10
    running.send_signal(2)
    _, said = running.communicate(timeout=20)
    assert running.returncode == 0
    assert re.search(r"Everything is stored in .*page\.aligner", said)
    stored = sqlite3.connect(tmp_path / "page.aligner")
    assert stored.execute("SELECT count(*) FROM beads WHERE state = 'right'").fetchone() == (2,)
    stored.close()
