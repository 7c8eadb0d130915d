"""What a line looks like beside its neighbours: a headline list, a template, a link. A look is a doubt, no verdict."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from aligner.data import Line

SHORTEST_LIST = 4  # lines: an article rarely has four headings in a row
LONGEST_HEADLINE = 120  # characters
HEADLINE_SHARE = 0.8  # of the lines with one label; the others are questions, or cut short
LONGEST_LABEL = 20  # characters before the colon of 体坛英语资讯:

_LABEL = re.compile(rf"^\s*([^\s:：|｜】\]].{{0,{LONGEST_LABEL - 1}}}?[:：|｜】\]])\s*(?=\S)")
_FULL_STOP = re.compile("[.!?。！？…;；:：,，][\"'”’」』)）\\]】]*$")
_TEMPLATE = re.compile(r"\{\{.{0,200}?\}\}|\$\{.{0,200}?\}|<%.{0,200}?%>")  # bounded: a line may be endless
_ADDRESS = re.compile(r"^\s*(?:https?://|www\.)\S+\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Look:
    """Why a line may be no part of the article (empty: no doubt), and how many characters of label it begins with."""

    reason: str = ""
    label: int = 0


def looks_of(lines: Sequence[Line]) -> dict[Line, Look]:
    """Look at every non-blank line of a page."""
    result = {line: Look(_own_look(line.text)) for line in lines}
    for run in _headline_runs(lines):
        reason = f"one of a list of {len(run)} short lines without a full stop"
        result |= {line: Look(reason) for line in run}
    for prefix, group in _labelled(lines).items():
        reason = f"one of a list of {len(group)} headlines that begin with “{prefix}”"
        for line, length in group:
            result[line] = Look(reason, length)
    return result


def _own_look(text: str) -> str:
    if _TEMPLATE.search(text):
        return "template text that the page's program did not fill in"
    return "web address" if _ADDRESS.match(text) else ""


def _is_headline(text: str) -> bool:
    return len(text) <= LONGEST_HEADLINE and not _FULL_STOP.search(text.strip())


def _headline_runs(lines: Sequence[Line]) -> list[list[Line]]:
    runs: list[list[Line]] = [[]]
    for line in lines:
        if _is_headline(line.text):
            runs[-1].append(line)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if len(run) >= SHORTEST_LIST]


def _labelled(lines: Sequence[Line]) -> dict[str, list[tuple[Line, int]]]:
    """Headlines that share a label such as ``体坛英语资讯:``, by label; a few of them may be questions.

    Speakers' names in an interview are labels too, but most of their lines end with a full stop.
    """
    groups: dict[str, list[tuple[Line, int]]] = defaultdict(list)
    for line in lines:
        match = _LABEL.match(line.text)
        if match and len(line.text) <= LONGEST_HEADLINE + match.end():
            groups[match.group(1)].append((line, match.end()))
    return {prefix: group for prefix, group in groups.items() if _is_list([line for line, _ in group])}


def _is_list(lines: Sequence[Line]) -> bool:
    headlines = sum(_is_headline(line.text) for line in lines)
    return headlines >= SHORTEST_LIST and headlines >= HEADLINE_SHARE * len(lines)
