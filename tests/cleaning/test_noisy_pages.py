"""Pages built from articles of our own: what cleaning makes of them, and what becomes of them in the end."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import cleaning as benchmark
import pytest
from noisy_pages import ALL_LAYOUTS, ALL_MARKS, ALL_NOISE, Article, Page, build_page, read_articles, read_headlines

from aligner.cleaning import clean

ARTICLES = Path(__file__).parents[1] / "data" / "articles"


def simplified() -> list[Article]:
    return read_articles(ARTICLES)


def traditional() -> list[Article]:
    import opencc

    convert = opencc.OpenCC("s2t").convert
    return [Article(article.name, article.english, tuple(map(convert, article.chinese))) for article in simplified()]


def page(seed: int, articles: list[Article], **choices) -> Page:
    start = seed % len(articles)
    turned = articles[start:] + articles[:start]
    count = 3 if choices.get("layout") == "several articles" else 1
    return build_page(turned[:count], [*turned[count:], *read_headlines(ARTICLES)], seed, **choices)


def test_our_articles_are_parallel() -> None:
    assert len(simplified()) == 6
    for article in simplified():
        assert len(article.english) == len(article.chinese) > 7


@pytest.mark.parametrize("layout", ALL_LAYOUTS)
def test_pages_are_repeatable_and_hold_the_article(layout: str) -> None:
    articles = simplified()
    first, second = (page(5, articles, layout=layout, marks=[], noise=["menu"]) for _ in range(2))
    assert first == second
    assert page(6, articles, layout=layout, marks=[], noise=["menu"]) != first
    for number, line in enumerate(articles[5].english):
        parts = [part for row in first.gold for part in row if part.unit == (0, number) and part.side == "en"]
        assert [part.text for part in parts] == [line]
    for line, row in zip(first.lines, first.gold, strict=True):
        assert line.text == "".join(part.text for part in row)


@pytest.mark.parametrize("kind", ALL_NOISE)
def test_every_kind_of_noise_is_marked(kind: str) -> None:
    built = [page(seed, simplified(), noise=[kind]) for seed in range(3)]
    assert any(part.noise == kind for one in built for row in one.gold for part in row)


def test_a_page_can_be_nearly_all_noise() -> None:
    built = page(1, simplified(), noise=["mixed headlines", "numbered menu", "comments"], lines=300)
    noisy = sum(any(part.noise for part in row) for row in built.gold)
    assert noisy > 0.8 * sum(bool(row) for row in built.gold) > 200


def misplaced(built: Page) -> Iterator[str]:
    """Article text that cleaning did not put where its language belongs, by the characters it can be told by."""
    cleaned = clean(built.lines)
    found = {"en": Counter(), "zh": Counter()}
    for paragraph in cleaned.paragraphs:
        found[paragraph.language].update("".join(paragraph.text.split()))
    for side, least, most in (("en", "a", "z"), ("zh", "\u2e80", "\uffff")):
        texts = [part.text for row in built.gold for part in row if part.side == side and not part.extra]
        wanted = Counter(character for text in texts for character in text if least <= character <= most)
        yield from (wanted - found[side]).elements()


@pytest.mark.parametrize("layout", ALL_LAYOUTS)
@pytest.mark.parametrize("articles", [simplified, traditional])
def test_every_layout_is_sorted_by_language(layout: str, articles) -> None:
    for seed in range(3):
        assert not list(
            misplaced(page(seed, articles(), layout=layout, marks=[], noise=["captions", "menu", "comments"]))
        )


@pytest.mark.parametrize("mark", ALL_MARKS)
def test_marks_in_the_text_change_nothing(mark: str) -> None:
    for seed, layout in enumerate(("alternating", "inside paragraphs", "one line", "English first", "two files")):
        built = page(seed, simplified(), layout=layout, marks=[mark], noise=["share"])
        assert not list(misplaced(built)), built.texts


@pytest.mark.parametrize("mark", ALL_MARKS)
def test_no_character_is_lost(mark: str) -> None:
    for seed in range(3):
        built = page(seed, traditional(), marks=[mark])
        cleaned = clean(built.lines)
        after = [paragraph.text for paragraph in cleaned.paragraphs] + [entry.text for entry in cleaned.dropped]
        assert Counter("".join("".join(after).split())) == Counter("".join("".join(built.texts).split()))


def test_pages_come_out_right() -> None:
    """The floors may only rise. At 1 page in every layout, each figure moves in steps of about half a point."""
    articles = [simplified(), traditional()]
    built = [page(seed, articles[seed % 2], layout=layout) for seed, layout in enumerate(ALL_LAYOUTS)]
    total = benchmark.evaluate(built).total
    assert total.lost == 0
    assert total.right_share >= 0.98, total.wrong
    assert total.covered_share >= 0.97
    assert total.noise_kept <= 3, total.wrong


def test_unrelated_texts_give_no_pair() -> None:
    articles = simplified()
    built = [
        build_page(articles[place : place + 2], articles[place + 2 :], place, layout="unrelated", noise=[], marks=[])
        for place in range(3)
    ]
    assert benchmark.evaluate(built).total.pairs == 0
