"""Decides whether a stop in Chinese text ends a sentence."""

from __future__ import annotations

import re

from aligner.segmentation.stops import MARKS, Stop

# An ellipsis outside quotations ends a sentence of at least this many characters; a shorter one is hesitation. In
# annotated fiction all three that stand so end a sentence; inside quotations all of about fifty go on.
_SHORTEST_TRAILING_OFF = 8

_goes_on = re.compile(r"[，、；：,;:)）》」』”’\]】—－～~]")

# After a quotation: “小心！”的牌子, “快跑！”时，…
_goes_on_after_quotation = re.compile(
    r"的(?!确|確|士)|之(?![后後前])|等[，。人]|[时時][，候]|[后後]，|一[词詞语語句]|字[样樣]|[为為][题題]"
)

# “真的吗？”他大声问。 -- “站住！”他喊，“再走一步……” -- but not: “是的。”他说着，钻进车里。
_speaker = re.compile(
    r"(?:[A-Z][\w.]*\s?){0,3}[^，。！？；：、“”「」『』\s]{0,9}?[说說道问問喊叫嚷答想吼骂罵笑讲講叹嘆](?:着|了|道|过|過)?"
    r"(?:[。！？…]|，[“「『])"
)
_number = re.compile(r"(?:^|\D)\d{1,2}$|^\s*[（(]?[一二三四五六七八九十]{1,3}[）)]?$")


def ends_sentence(stop: Stop) -> bool:
    """Whether the stop ends a sentence; what follows may be in either language."""
    if stop.closers and stop.closers[-1] in MARKS:
        return True
    if _goes_on.match(stop.after):
        return False
    if stop.closers:
        return not (_goes_on_after_quotation.match(stop.after) or _speaker.match(stop.after))
    if stop.is_ellipsis:
        return not stop.quoted and len(stop.before) >= _SHORTEST_TRAILING_OFF and not _stammers(stop)
    if stop.marks in ".．":
        return _ends_at_dot(stop)
    return True


def _stammers(stop: Stop) -> bool:
    """Whether the text repeats itself after the ellipsis: ``我……我不知道``, ``所以……所以``."""
    return stop.before[-1] == stop.after[0] or stop.before[-2:] == stop.after[:2]


def _ends_at_dot(stop: Stop) -> bool:
    """A dot may also be a decimal point, the dot of a list number, or the dot inside a foreign name."""
    if _number.search(stop.before) or (not stop.spaced and stop.after[0].isdigit()):
        return False
    return stop.spaced or stop.dotted or not stop.after[0].isalpha()
