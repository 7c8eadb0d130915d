"""How the two languages of an article stand on a page: functions from pairs of rows to the rows of one file or two."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from random import Random

from noisy_pages.furniture import furniture
from noisy_pages.page import Part, Row

Pair = tuple[Row, Row]
"""A unit in English and in Chinese; either may be empty."""

Files = list[list[Row]]
Layout = Callable[[Sequence[Pair], Random], Files]

DIGITS = "一二三四五六七八九十"


def english_first(pairs: Sequence[Pair], random: Random) -> Files:
    return [[en for en, _ in pairs if en] + [zh for _, zh in pairs if zh]]


def chinese_first(pairs: Sequence[Pair], random: Random) -> Files:
    return [[zh for _, zh in pairs if zh] + [en for en, _ in pairs if en]]


def alternating(pairs: Sequence[Pair], random: Random) -> Files:
    return [[row for pair in pairs for row in pair if row]]


def alternating_chinese_first(pairs: Sequence[Pair], random: Random) -> Files:
    return [[row for pair in pairs for row in pair[::-1] if row]]


def two_files(pairs: Sequence[Pair], random: Random) -> Files:
    return [[en for en, _ in pairs if en], [zh for _, zh in pairs if zh]]


ARRANGEMENTS = (english_first, chinese_first, alternating, alternating_chinese_first)


def arranged(pairs: Sequence[Pair], random: Random) -> Files:
    return random.choice(ARRANGEMENTS)(pairs, random)


def paragraphs(pairs: Sequence[Pair], random: Random) -> Files:
    """Several units in a paragraph, after the title."""
    chunks = [pairs[:1], *_chunks(pairs[1:], random, 5)]
    return arranged([_joined(chunk) for chunk in chunks], random)


def inline(pairs: Sequence[Pair], random: Random) -> Files:
    """The languages alternate sentence by sentence inside paragraphs, with a space or nothing between them."""
    space = random.choice((" ", ""))
    turn = random.choice((1, -1))
    rows = []
    for chunk in [pairs[:1], *_chunks(pairs[1:], random, 5)]:
        rows.append(_between([row for pair in chunk for row in pair[::turn] if row], space))
    return [rows]


def one_line(pairs: Sequence[Pair], random: Random) -> Files:
    """A unit and its translation on one line."""
    separator = random.choice(("\t", " / ", " ", "\u3000", " | ", "/", "  ", " - "))
    turn = random.choice((1, -1))
    return [[_between([row for row in pair[::turn] if row], separator) for pair in pairs]]


def table(pairs: Sequence[Pair], random: Random) -> Files:
    """Two columns, as Markdown or with bars or tabs, some with a number in front."""
    style = random.choice(("markdown", "bars", "tabs"))
    bar = {"markdown": "|", "bars": "｜", "tabs": "\t"}[style]
    turn = random.choice((1, -1))
    head = [Part(name, side, (-2, 0), extra=True) for name, side in (("English", "en"), ("中文", "zh"))][::turn]
    rows: list[Row] = []
    if style == "markdown":
        rows = [(Part("| "), head[0], Part(" | "), head[1], Part(" |")), (Part("| --- | --- |"),)]
    numbered = style != "markdown" and random.random() < 0.5
    for number, pair in enumerate(pairs, 1):
        first, second = pair[::turn]
        if style == "markdown":
            rows.append((Part("| "), *first, Part(" | "), *second, Part(" |")))
        else:
            rows.append((*([Part(f"{number}{bar}")] if numbered else []), *first, Part(bar), *second))
    return [rows]


def numbered(pairs: Sequence[Pair], random: Random) -> Files:
    """A number in front of every unit, written alike in both languages or each in its own way."""
    english, chinese = random.choice(
        (("{}. ", "{}. "), ("{}. ", "{}、"), ("({}) ", "（{}）"), ("({}) ", "（{digits}）"), ("{}) ", "{}）"))
    )
    labelled = []
    for number, (en, zh) in enumerate(pairs, 1):
        digits = DIGITS[number - 1] if number <= 10 else str(number)
        texts = [form.format(number, digits=digits) for form in (english, chinese)]
        labelled.append(tuple((Part(text), *row) if row else () for text, row in zip(texts, (en, zh), strict=True)))
    return arranged(labelled, random)


def speakers(pairs: Sequence[Pair], random: Random) -> Files:
    """An interview: names, or Q and A, in front of every unit but the title."""
    names = random.sample(furniture("speakers"), 2) if random.random() < 0.6 else [["Q", "问"], ["A", "答"]]
    if names[0][0] == "Q" and random.random() < 0.5:
        names = [["Q", "Q"], ["A", "A"]]
    colon = random.choice((":", "："))
    labelled = list(pairs[:1])
    for number, (en, zh) in enumerate(pairs[1:]):
        name = names[number % 2]
        labelled.append(((Part(f"{name[0]}: "), *en) if en else (), (Part(f"{name[1]}{colon}"), *zh) if zh else ()))
    return arranged(labelled, random)


def timestamps(pairs: Sequence[Pair], random: Random) -> Files:
    """A time in front of every unit, or on a line of its own above it."""
    own_line, both = random.random() < 0.5, random.random() < 0.7
    rows: list[Row] = []
    for number, (en, zh) in enumerate(pairs):
        stamp = f"00:{number // 6:02}:{number % 6 * 10:02},{random.randrange(1000):03}"
        if own_line:
            rows += [(Part(f"{stamp} --> {stamp[:-3]}999"),), *(row for row in (en, zh) if row)]
        else:
            rows += [(Part(f"[{stamp[:-4]}] "), *en)] if en else []
            rows += [(*([Part(f"[{stamp[:-4]}]")] if both else []), *zh)] if zh else []
    return [rows]


def glossary(pairs: Sequence[Pair], random: Random) -> Files:
    """Lists of words with their translations between the paragraphs, and after the last."""
    entries = _entries(random)
    rows: list[Row] = []
    every = random.choice((1, 3, 100))
    for number, (en, zh) in enumerate(pairs):
        rows += [row for row in (en, zh) if row]
        if number % every == 0:
            rows += [entry for entry, _ in zip(entries, range(random.choice((1, 2, 4))), strict=False)]
    return [rows + list(entries)]


def _entries(random: Random) -> Iterator[Row]:
    words = furniture("glossary")
    separator = random.choice((" ", " ", "\t", "：", " - "))
    bullet = random.choice(("", "", "· ", "{}. "))
    for number, (word, meaning) in enumerate(random.sample(words, len(words)), 1):
        english = Part(word, "en", (-1, number), extra=True)
        yield (Part(bullet.format(number)), english, Part(separator), Part(meaning, "zh", (-1, number), extra=True))


def title_twice(pairs: Sequence[Pair], random: Random) -> Files:
    """The Chinese title above and below the English one."""
    (en, zh), *rest = pairs
    (rows,) = arranged(rest, random)
    return [[row for row in (zh, en, tuple(replace(part, extra=True) for part in zh)) if row] + rows]


LAYOUTS: dict[str, Layout] = {
    "English first": english_first,
    "Chinese first": chinese_first,
    "alternating": alternating,
    "alternating, Chinese first": alternating_chinese_first,
    "paragraphs": paragraphs,
    "inside paragraphs": inline,
    "one line": one_line,
    "table": table,
    "numbered": numbered,
    "speakers": speakers,
    "timestamps": timestamps,
    "glossary": glossary,
    "title twice": title_twice,
    "two files": two_files,
}


def _chunks(pairs: Sequence[Pair], random: Random, longest: int) -> Iterator[Sequence[Pair]]:
    start = 0
    while start < len(pairs):
        end = start + random.randint(1, longest)
        yield pairs[start:end]
        start = end


def _joined(pairs: Sequence[Pair]) -> Pair:
    return _between([en for en, _ in pairs if en], " "), _between([zh for _, zh in pairs if zh], "")


def _between(rows: Sequence[Row], separator: str) -> Row:
    result: list[Part] = []
    for row in rows:
        result += [Part(separator), *row] if result and separator else row
    return tuple(result)
