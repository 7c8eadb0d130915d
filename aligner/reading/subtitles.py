"""Subtitles, SRT, WebVTT and ASS/SSA: the text of each cue and when it is shown.

pysubs2 reads them (MIT, 50 kB, no dependencies): it forgives the many slips in such files, such as missing numbers and
empty cues. Mark-up is removed here, because its own plain text leaves out whatever stands in braces.
"""

from __future__ import annotations

import html
import re
import warnings
from typing import TYPE_CHECKING, Any

from aligner.data import Document, Line
from aligner.errors import InputError
from aligner.reading.encodings import decode
from aligner.reading.gathering import Gathering, goes_on
from aligner.reading.lines import unify_breaks

if TYPE_CHECKING:
    from collections.abc import Sequence

_OVERRIDE = re.compile(r"\{\\[^{}]*\}")
_DRAWING = re.compile(r"\{[^{}]*\\p[1-9]")  # pysubs2's own test takes hours where many braces do not close
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<\d[\d:.]*>")  # <b>, <c.yellow>, <v Anna>, and VTT's <00:01.000>
_BREAKS = re.compile(r"\\[Nn]")
LONGEST_PAUSE = 1500  # milliseconds between two cues that may share a sentence; a longer silence ends one


def read_srt(data: bytes, name: str, encoding: str | None, source: int) -> Document:
    """Read SubRip; line numbers count cues from 1. Raises what ``decode`` does, and InputError without cues."""
    return _read(data, name, encoding, source, "srt")


def read_vtt(data: bytes, name: str, encoding: str | None, source: int) -> Document:
    """Read WebVTT, otherwise as ``read_srt``; its character references are resolved."""
    return _read(data, name, encoding, source, "vtt")


def read_ass(data: bytes, name: str, encoding: str | None, source: int) -> Document:
    """Read (Advanced) SubStation Alpha, otherwise as ``read_srt``; comments and drawings are left out."""
    return _read(data, name, encoding, source, "ass")


def _read(data: bytes, name: str, encoding: str | None, source: int, form: str) -> Document:
    decoded = decode(data, name, encoding)
    gathering = Gathering(source)
    for number, event in enumerate(_events(unify_breaks(decoded.text), name, form), 1):
        text = _plain(event.text, form)
        if event.is_comment or (form == "ass" and _DRAWING.search(event.text)):
            reason = "comment in the subtitles" if event.is_comment else "drawing in the subtitles"
            gathering.skip(text.replace("\n", " "), reason, number)
        else:
            cue = (int(event.start), max(int(event.start), int(event.end)))
            gathering.add(text, number, cue)
    gathering.lines = _joined_over_cues(gathering.lines)
    return gathering.document(name, decoded.encoding, decoded.warnings)


def _events(text: str, name: str, form: str) -> Sequence[Any]:
    import pysubs2

    if form == "srt":
        text += "\n\n0\n"  # pysubs2 takes a number at the end of a cue for that of the next one
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about layers and colours that nobody needs here
            options = {"keep_html_tags": True, "keep_unknown_html_tags": True} if form != "ass" else {}
            found: Sequence[Any] = pysubs2.SSAFile.from_string(text, format_=form, **options)
    except (pysubs2.Pysubs2Error, ValueError, LookupError, OverflowError, TypeError, AttributeError) as error:
        raise InputError(f"{name} is damaged: its cues can't be read as .{form}. Check the file's suffix.") from error
    if not found and text.strip(" \t\n0"):
        raise InputError(f"{name} holds no subtitles: no times and text in the form of .{form}. Check its suffix.")
    return found


def _plain(text: str, form: str) -> str:
    text = _BREAKS.sub("\n", _OVERRIDE.sub("", text)).replace("\\h", "\u00a0")
    if form == "ass":
        return text
    text = _TAG.sub("", text)
    return html.unescape(text) if form == "vtt" else text


def _joined_over_cues(lines: Sequence[Line]) -> list[Line]:
    """The lines, no paragraph opening at a cue that goes on with the sentence of the one before."""
    result: list[Line] = []
    for line in lines:
        before = result[-1] if result else None
        if line.opens and before is not None and before.cue and line.cue:
            soon = before.number < line.number and 0 <= line.cue[0] - before.cue[1] <= LONGEST_PAUSE
            if soon and goes_on(before.text, line.text):
                line = Line(line.text, line.number, line.source, False, line.cue)
        result.append(line)
    return result
