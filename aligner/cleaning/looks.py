"""What a passage looks like, alone and beside its neighbours: a list, a link. A look is a doubt, no verdict."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby, pairwise
from pathlib import Path

from aligner.cleaning.folding import fold
from aligner.cleaning.gibberish import random_tail
from aligner.cleaning.language import language_of
from aligner.data import Language

SHORTEST_LIST = 4  # lines: an article rarely has four headings in a row
LONGEST_HEADLINE = 120  # characters
HEADLINE_SHARE = 0.8  # of the lines with one label; the others are questions, or cut short
LONGEST_LABEL = 20  # characters before the colon of 体坛英语资讯:
LONGEST_FURNITURE = 100  # characters: what is said about an article's page is said briefly
LONGEST_BRIEF = {"en": 100, "zh": 40}  # characters of a headline that ends with a full stop
ALTERNATING = 0.8  # of the neighbours in a list: then it is two languages by turns, subtitles or a song

_LABEL = re.compile(rf"^\s*([^\s:：|｜】\]].{{0,{LONGEST_LABEL - 1}}}?[:：|｜】\]])\s*(?=\S)")
_FULL_STOP = re.compile("[.!?。！？…;；:：,，][\"'”’」』)）\\]】]*$")

_QUOTE = re.compile('["“”「」『』]')

# What has a shape of its own; phrases are in furniture.json.
_SHAPES = (
    (
        "template text that the page's program did not fill in",
        r"\{\{.{0,200}?\}\}|\$\{.{0,200}?\}|<%.{0,200}?%>",
    ),
    ("web address", r"^(?:https?://|www\.)\S+$"),
    ("path to this page", r"^[^>»›]{1,40}(?:\s(?:>{1,2}|»|›)\s[^>»›]{1,60}){1,8}$"),
    ("link to another page", r"^[<«‹]{1,2}\s|\s[>»›]{1,2}$"),
    ("copyright or terms of use", r"©|\(c\)\s?\d{4}"),
    (
        "date, author or source of the page",
        r"^by [a-z][\w.]+ [a-z]\w+(?:,.{0,40})?$|^\d+ min read$",
    ),
    ("date, author or source of the page", r"^\d{4}[-/年]\d\d?[-/月].{0,12}$"),
    (
        "heading of a reader's comment",
        r"\d+ (?:minutes?|hours?|days?) ago|\d+\s?(?:分[钟鐘]|小[时時]|天)前",
    ),
    ("heading of a reader's comment", r"\blikes? reply|^@\w+\b|^\d+[楼樓]\b|says:$"),
    (
        "entry of a glossary",
        r"^.{1,60}\b(?:n|v|vt|vi|adj|adv|prep|conj|pron|phr)\.[^a-z]*[\u3400-\u9fff]",
    ),
)


@dataclass(frozen=True, slots=True)
class Look:
    """Why a passage may be no part of the article (empty: no doubt); how many characters of label it begins with."""

    reason: str = ""
    label: int = 0


def looks_of(texts: Sequence[str], languages: Sequence[Language]) -> list[Look]:
    """Look at every passage of a page, in order; a passage in both languages has ``""`` for its language."""
    plain = [fold(text[: random_tail(text)]).strip() for text in texts]
    result = [Look(_own_look(text)) for text in plain]
    for prefix, group in _labelled(texts).items():
        reason = f"one of a list of {len(group)} headlines that begin with “{prefix}”"
        for place, length in group:
            result[place] = Look(reason, length)
    short = [
        not look.reason and bool(language) and _is_headline(text)
        for text, language, look in zip(plain, languages, result, strict=True)
    ]
    for first, last in _runs(_filled(plain, short)):
        if last - first >= SHORTEST_LIST and not _alternates(languages[first:last]):
            look = Look(f"one of a list of {last - first} short lines without a full stop")
            titles = _titles(first, last, languages)
            result[first:last] = [Look() if place in titles else look for place in range(first, last)]
    return result


def _own_look(text: str) -> str:
    if len(text) > LONGEST_FURNITURE:
        return ""
    reasons, pattern = _furniture()
    found = pattern.search(text)
    return reasons[found.lastindex - 1] if found and found.lastindex else ""


@cache
def _furniture() -> tuple[list[str], re.Pattern[str]]:
    """Reasons, and a pattern with a group for each.

    The phrases make up a line ("is"), begin one ("begins"), begin one that has no full stop ("starts"), or stand
    anywhere in it ("holds").
    """
    result = list(_SHAPES)
    phrases = json.loads(Path(__file__).with_name("furniture.json").read_text("utf-8"))
    for reason, kinds in phrases.items():
        whole, begun, started, held = (_any_of(kinds[kind]) for kind in ("is", "begins", "starts", "holds"))
        pattern = rf"^[\W\d_]*(?:{whole}[\W\d_]*$|{begun}|{started}(?!.*[.!?。！？]$))|{held}"
        result.append((reason, pattern))
    return [reason for reason, _ in result], re.compile("|".join(f"({p})" for _, p in result), re.IGNORECASE)


def _any_of(phrases: Sequence[str]) -> str:
    return f"(?:{'|'.join(map(re.escape, phrases)) or '(?!)'})"


def _is_headline(text: str) -> bool:
    return len(text) <= LONGEST_HEADLINE and not _FULL_STOP.search(text)


def _filled(texts: Sequence[str], short: Sequence[bool]) -> list[bool]:
    """Count in single lines that end with a full stop though they stand in a list."""
    return [
        value or (0 < place < len(short) - 1 and short[place - 1] and short[place + 1] and _is_brief(texts[place]))
        for place, value in enumerate(short)
    ]


def _is_brief(text: str) -> bool:
    return len(text) <= LONGEST_BRIEF[language_of(text) or "en"] and not _QUOTE.search(text)


def _runs(short: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Start and end of every run of lines that are short."""
    for value, group in groupby(range(len(short)), key=short.__getitem__):
        members = list(group)
        if value:
            yield members[0], members[-1] + 1


def _alternates(languages: Sequence[Language]) -> bool:
    changes = sum(one != other for one, other in pairwise(languages))
    return changes >= ALTERNATING * (len(languages) - 1)


def _titles(first: int, last: int, languages: Sequence[Language]) -> set[int]:
    """Lines of a list that may be an article's title, in one language or both, at the head of a page or the end of it.

    In a list that mixes the languages, none: its last lines are as likely headlines as the others.
    """
    head, tail = range(first, first + 2), range(last - 2, last)
    chosen: dict[tuple[bool, Language], int] = {}
    if first == 0 and len(set(languages[first + 2 : last])) == 1:
        chosen |= {(True, languages[place]): place for place in reversed(head)}
    if last < len(languages) and len(set(languages[first : last - 2])) == 1:
        chosen |= {(False, languages[place]): place for place in tail}
    return set(chosen.values())


def _labelled(texts: Sequence[str]) -> dict[str, list[tuple[int, int]]]:
    """Headlines that share a label such as ``体坛英语资讯:``, by label; a few of them may be questions.

    Speakers' names in an interview are labels too, but most of their lines end with a full stop.
    """
    groups: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for place, text in enumerate(texts):
        match = _LABEL.match(text)
        if match and len(text) <= LONGEST_HEADLINE + match.end():
            groups[match.group(1)].append((place, match.end()))
    return {prefix: group for prefix, group in groups.items() if _is_list([texts[place] for place, _ in group])}


def _is_list(texts: Sequence[str]) -> bool:
    headlines = sum(_is_headline(text.strip()) for text in texts)
    return headlines >= SHORTEST_LIST and headlines >= HEADLINE_SHARE * len(texts)
