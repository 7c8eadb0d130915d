"""What a passage looks like, alone and beside its neighbours: a list, a link. A look is a doubt, no verdict."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from aligner.cleaning.language import INVISIBLE, language_of
from aligner.data import Language

SHORTEST_LIST = 4  # lines: an article rarely has four headings in a row
LONGEST_HEADLINE = 120  # characters
HEADLINE_SHARE = 0.8  # of the lines with one label; the others are questions, or cut short
LONGEST_LABEL = 20  # characters before the colon of 体坛英语资讯:
LONGEST_FURNITURE = 100  # characters: what is said about an article's page is said briefly
ALTERNATING = 0.8  # of the neighbours in a list: then it is two languages by turns, subtitles or a song

_LABEL = re.compile(rf"^\s*([^\s:：|｜】\]].{{0,{LONGEST_LABEL - 1}}}?[:：|｜】\]])\s*(?=\S)")
_FULL_STOP = re.compile("[.!?。！？…;；:：,，][\"'”’」』)）\\]】]*$")
_INVISIBLE = re.compile(f"[{INVISIBLE}]")

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


def looks_of(texts: Sequence[str]) -> list[Look]:
    """Look at every passage of a page, in order."""
    plain = [_INVISIBLE.sub("", text).strip() for text in texts]
    result = [Look(_own_look(text)) for text in plain]
    for run in _headline_runs(plain):
        reason = f"one of a list of {len(run)} short lines without a full stop"
        for place in run:
            result[place] = Look(result[place].reason or reason)
    for prefix, group in _labelled(texts).items():
        reason = f"one of a list of {len(group)} headlines that begin with “{prefix}”"
        for place, length in group:
            result[place] = Look(reason, length)
    return result


def _own_look(text: str) -> str:
    if len(text) > LONGEST_FURNITURE:
        return ""
    reasons, pattern = _furniture()
    found = pattern.search(text)
    return reasons[found.lastindex - 1] if found and found.lastindex else ""


@cache
def _furniture() -> tuple[list[str], re.Pattern[str]]:
    """Reasons, and a pattern with a group for each: shapes, and phrases that a line is, begins with or holds."""
    result = list(_SHAPES)
    phrases = json.loads(Path(__file__).with_name("furniture.json").read_text("utf-8"))
    for reason, kinds in phrases.items():
        whole, begun, held = ("|".join(map(re.escape, kinds[kind])) or "(?!)" for kind in ("is", "begins", "holds"))
        pattern = rf"^[\W\d_]*(?:(?:{whole})[\W\d_]*$|(?:{begun}))|{held}"
        result.append((reason, pattern))
    return [reason for reason, _ in result], re.compile("|".join(f"({p})" for _, p in result), re.IGNORECASE)


def _is_headline(text: str) -> bool:
    return len(text) <= LONGEST_HEADLINE and not _FULL_STOP.search(text)


def _headline_runs(texts: Sequence[str]) -> Iterator[list[int]]:
    """Runs of short lines, without those that may be an article's title and those in two languages by turns."""
    languages = [language_of(text) for text in texts]
    run: list[int] = []
    for place, text in enumerate([*texts, "."]):
        if place < len(texts) and _is_headline(text):
            run.append(place)
            continue
        if len(run) >= SHORTEST_LIST and not _alternates([languages[member] for member in run]):
            titles = _titles(run, languages) if place < len(texts) else set()
            yield [member for member in run if member not in titles]
        run = []


def _alternates(languages: Sequence[Language]) -> bool:
    changes = sum(one != other for one, other in pairwise(languages))
    return changes >= ALTERNATING * (len(languages) - 1)


def _titles(run: Sequence[int], languages: Sequence[Language]) -> set[int]:
    """The last line in each language of a list that runs into an article: that article's title, perhaps."""
    last = {languages[place]: place for place in run[-3:]}
    return set(last.values())


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
