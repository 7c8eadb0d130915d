"""Lines that are no part of the article: each kind is a function that returns blocks of rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from noisy_pages.furniture import furniture
from noisy_pages.page import Article, Part, Row

Block = list[Row]


@dataclass(frozen=True)
class Material:
    """What noise is taken from: other articles, those most like the page's own first.

    No article is there in both languages, so that no line of noise is the translation of another.
    """

    english: Sequence[Article]
    chinese: Sequence[Article]
    topic: str
    random: Random
    sides: dict[str, str] = field(default_factory=dict)

    def side(self, kind: str) -> str:
        """The language of a kind of noise on this page: if it came in both, it might hold translations."""
        choices = [side for side in ("en", "zh") if self._articles(side)] or ["en"]
        return self.sides.setdefault(kind, self.random.choice(choices))

    def headlines(self, side: str, count: int) -> list[str]:
        """First lines of articles, each once."""
        articles = self._articles(side)
        chosen = self.random.sample(articles, min(count, len(articles)))
        return [self._lines(article, side)[0] for article in chosen]

    def related(self, side: str, count: int) -> list[str]:
        """Lines of the articles that are most like the page's own."""
        lines = [line for article in self._articles(side)[:3] for line in self._lines(article, side)]
        return self.random.sample(lines, min(count, len(lines)))

    def pick(self, kind: str, side: str, count: int) -> list[str]:
        """Lines of furniture, filled in."""
        lines = furniture(kind)[side]
        return [self.fill(line, side) for line in self.random.sample(lines, min(count, len(lines)))]

    def fill(self, line: str, side: str) -> str:
        line = line.replace("{year}", str(self.random.randint(2008, 2024))).replace("{topic}", self.topic)
        line = re.sub(r"(?<!\{)\{n\}", lambda _: str(self.random.randint(10, 29)), line)
        return line.replace("{headline}", (self.headlines(side, 1) or ["…"])[0])

    def _articles(self, side: str) -> Sequence[Article]:
        return self.english if side == "en" else self.chinese

    @staticmethod
    def _lines(article: Article, side: str) -> tuple[str, ...]:
        return article.english if side == "en" else article.chinese


def gather_material(articles: Sequence[Article], foreign: Sequence[Article], random: Random) -> Material:
    """Share the foreign articles out between the languages, those that report the page's own news left out."""
    names = frozenset().union(*(article.names for article in articles))
    sides: dict[str, list[Article]] = {"en": [], "zh": []}
    for article in sorted(random.sample(foreign, len(foreign)), key=lambda article: -len(article.names & names)):
        side = "en" if not article.chinese else "zh" if not article.english else random.choice(("en", "zh"))
        against = [*articles, *sides["zh" if side == "en" else "en"]]
        if not any(article.is_like(other) for other in against):
            sides[side].append(article)
    counts = Counter(name for article in articles for name in sorted(article.names))
    topic = counts.most_common(1)[0][0] if counts else "the government"
    return Material(sides["en"], sides["zh"], topic, random)


def labelled_headlines(source: Material) -> list[Block]:
    side = source.side("labelled headlines")
    label = source.random.choice(furniture("labels")[source.random.choice(("en", "zh"))])
    return [[_noise(label + line) for line in source.headlines(side, source.random.choice((5, 10, 30)))]]


def english_headlines(source: Material) -> list[Block]:
    return [[_noise(line) for line in source.headlines("en", source.random.choice((2, 5, 12, 30)))]]


def chinese_headlines(source: Material) -> list[Block]:
    return [[_noise(line) for line in source.headlines("zh", source.random.choice((2, 5, 12, 30)))]]


def mixed_headlines(source: Material) -> list[Block]:
    lines = [line for side in ("en", "zh") for line in source.headlines(side, source.random.choice((4, 8, 15)))]
    source.random.shuffle(lines)
    return [[_noise(line) for line in lines]]


def numbered_menu(source: Material) -> list[Block]:
    side, count = source.side("menu"), source.random.randint(20, 40)
    entries = [*source.pick("menu", side, 20), *source.headlines(side, count)][:count]
    return [[_noise(f"{number}. {line}") for number, line in enumerate(entries, 1)]]


def related(source: Material) -> list[Block]:
    """Teasers: headlines and sentences of articles on the same subject, under a heading."""
    side = source.side("related")
    lines = [*source.headlines(side, 1), *source.related(side, source.random.randint(2, 6))]
    return [[_noise(line) for line in [*source.pick("related", side, 1), *lines]]]


def previous_and_next(source: Material) -> list[Block]:
    side = source.side("previous and next")
    return [[_noise(line) for kind in ("previous", "next") for line in source.pick(kind, side, 1)]]


def comments(source: Material) -> list[Block]:
    side = source.side("comments")
    rows = []
    for line in source.pick("comments", side, source.random.randint(1, 6)):
        rows += [_noise(name) for name in source.pick("users", side, 1)] + [_noise(line)]
    return [rows]


def menu(source: Material) -> list[Block]:
    lines = source.pick("menu", source.side("menu"), source.random.randint(4, 12))
    if source.random.random() < 0.5:
        return [[_noise(line) for line in lines]]
    return [[_noise(source.random.choice((" | ", "  ", " · ")).join(lines))]]


def photo_credits(source: Material) -> list[Block]:
    """One photo credit in several places."""
    (line,) = source.pick("credits", source.side("credits"), 1)
    return [[_noise(line)] for _ in range(source.random.randint(1, 4))]


def captions(source: Material) -> list[Block]:
    """One caption without a translation in several places."""
    (line,) = source.pick("captions", source.side("captions"), 1)
    return [[_noise(line)] for _ in range(source.random.randint(1, 3))]


def copy_strings(source: Material) -> list[Block]:
    """Random characters on lines of their own that are to spoil a copy."""
    return [[_noise(random_string(source.random))] for _ in range(source.random.randint(1, 4))]


def random_string(random: Random) -> str:
    letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789" + "~!@#$%^&*;.,[]|" * random.choice((0, 2))
    return "".join(random.choice(letters) for _ in range(random.randint(9, 22)))


def furniture_lines(kind: str) -> Callable[[Material], list[Block]]:
    def lines(source: Material) -> list[Block]:
        found = source.pick(kind, source.side(kind), source.random.randint(1, 4))
        return (
            [[_noise(line) for line in found]] if source.random.random() < 0.7 else [[_noise(line)] for line in found]
        )

    return lines


NOISE: dict[str, Callable[[Material], list[Block]]] = {
    "labelled headlines": labelled_headlines,
    "English headlines": english_headlines,
    "Chinese headlines": chinese_headlines,
    "mixed headlines": mixed_headlines,
    "numbered menu": numbered_menu,
    "related": related,
    "previous and next": previous_and_next,
    "comments": comments,
    "menu": menu,
    "credits": photo_credits,
    "captions": captions,
    "copy strings": copy_strings,
    **{
        kind: furniture_lines(kind)
        for kind in ("breadcrumbs", "share", "subscribe", "copyright", "advertisements", "bylines", "templates")
    },
}


def make_noise(kind: str, source: Material) -> list[Block]:
    """Blocks of one kind, every row marked with it; each block stays together on the page."""
    blocks = NOISE[kind](source)
    return [[tuple(Part(part.text, noise=kind) for part in row) for row in block] for block in blocks if block]


def _noise(line: str) -> Row:
    return (Part(line, noise="?"),)
