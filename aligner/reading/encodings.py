"""Bytes to text: which encoding a file is in, told by the user, by its own marks, or judged and always reported.

The order: an encoding that the user names; a byte order mark; UTF-8, which no other encoding fits by accident; UTF-16
and UTF-32 without a mark, told by their NUL bytes; then GB18030, Big5 and Windows-1252, judged by how plausible the
decoded text is; last charset-normalizer's advice among the encodings that English and Chinese text comes in.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable
from dataclasses import dataclass

from aligner.errors import EncodingError, InputError, UsageError
from aligner.reading.kinds import require_text
from aligner.reading.plausibility import PLAUSIBLE, chinese_plausibility, western_plausibility

# UTF-32 comes first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")

# The first wins a tie. cp950 is what "Big5" means in practice; big5hkscs adds Hong Kong's characters, and maps some
# punctuation otherwise, such as the dot within foreign names.
_JUDGED: tuple[tuple[str, Callable[[str], float]], ...] = (
    ("gb18030", chinese_plausibility),
    ("cp950", chinese_plausibility),
    ("big5hkscs", chinese_plausibility),
    ("cp1252", western_plausibility),
)
_ADVISED = ["gb18030", "cp950", "big5hkscs", "cp1252", "mac_roman", "cp1250", "latin_1"]

# What people name, and the superset that files of that name are really in, as the WHATWG Encoding Standard has it.
_SUPERSETS = {"gb2312": ("gb18030",), "gbk": ("gb18030",), "big5": ("cp950", "big5hkscs")}
_LABELS = {
    "cp950": "Big5",
    "big5hkscs": "Big5-HKSCS",
    "cp1252": "Windows-1252",
    "latin_1": "ISO-8859-1",
    "mac_roman": "Mac Roman",
}

_SAMPLE = 256 * 1024  # bytes judged: 100,000 Chinese characters settle any doubt, in a tenth of a second
_PIECE = 64 * 1024
_STRAY_NULS = 4  # so many NUL bytes, or one in a hundred, are an accident in a text; more are another kind of file
_MOST_DAMAGE = 0.1  # share of unreadable characters among those beyond ASCII that a text in a known encoding may hold
_LAST_RESORT = 0.05  # share of all characters, where nothing else explains the bytes: hardly one may be beyond ASCII


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text, the Python name of its encoding, and what the reader should be told about it."""

    text: str
    encoding: str
    warnings: tuple[str, ...] = ()


def decode(data: bytes, name: str, encoding: str | None = None) -> Decoded:
    """Decode a text file, in the encoding named or else in the one that fits; a byte order mark is left out.

    ``name`` is the file's, for messages. Few damaged bytes are read as U+FFFD with a warning. Raises UsageError for an
    unknown ``encoding``, InputError for binary data, and EncodingError where no encoding explains the bytes.
    """
    require_text(io.BytesIO(data), name)
    if encoding is not None:
        return _as_told(data, name, encoding)
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return _report(_tolerant(memoryview(data)[len(mark) :], name, codec), name)
    return _unmarked(data, name)


def _unmarked(data: bytes, name: str) -> Decoded:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    nuls = data.count(0)
    too_many = nuls > max(_STRAY_NULS, len(data) // 100)
    if nuls and (text is None or too_many) and (wide := _wide(data)):
        return _report(wide, name)
    if too_many:
        raise InputError(
            f"{name} is a binary file ({nuls} of its {len(data)} bytes are NUL). Save it as plain text first; "
            "if it is text in UTF-16 or UTF-32, say so with --encoding."
        )
    decoded = Decoded(text, "utf-8") if text is not None else _legacy(data, name)
    if not nuls:
        return decoded
    note = f"{name}: holds {nuls} NUL character{'s' * (nuls > 1)}, kept as part of the text"
    return Decoded(decoded.text, decoded.encoding, (*decoded.warnings, note))


def _legacy(data: bytes, name: str) -> Decoded:
    """Text that is not quite UTF-8, or in one of the encodings from before Unicode."""
    try:
        return _tolerant(data, name, "utf-8")
    except EncodingError:
        pass
    codec = _judge(data) or _advise(data)
    if codec is not None:
        return _report(_tolerant(data, name, codec), name)
    try:
        return _tolerant(data, name, "utf-8", last_resort=True)
    except EncodingError as error:
        raise EncodingError(
            f"{name} can't be read as text: tried UTF-8 ({_first_misfit(data)}), UTF-16, UTF-32, GB18030, Big5 and "
            "Windows-1252. Name its encoding with --encoding, or mend that line."
        ) from error


def _first_misfit(data: bytes) -> str:
    """What is wrong with text that is not UTF-8."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return misfit(data, error)
    return ""


def misfit(data: bytes, error: UnicodeDecodeError, first: int = 1) -> str:
    """The first byte that does not fit, in words; ``data`` was to be decoded, and begins at the line ``first``."""
    line = first + data.count(b"\n", 0, error.start)
    column = error.start - data.rfind(b"\n", 0, error.start)
    return f"byte {column} of line {line}, 0x{data[error.start]:02X}, does not fit"


def _judge(data: bytes) -> str | None:
    """The encoding in which the telling part of the text is most plausible, if it is plausible enough."""
    sample = _telling_lines(data)
    scores = {codec: plausibility(sample.decode(codec, "replace")) for codec, plausibility in _JUDGED}
    best = max(scores, key=lambda codec: scores[codec])
    return best if scores[best] >= PLAUSIBLE else None


def _advise(data: bytes) -> str | None:
    """What charset-normalizer makes of it, unless most of the text would be implausible even so."""
    from charset_normalizer import from_bytes

    sample = _telling_lines(data)
    advice = from_bytes(sample, cp_isolation=_ADVISED).best()
    if advice is None:
        return None
    text = sample.decode(advice.encoding, "replace")
    return advice.encoding if max(chinese_plausibility(text), western_plausibility(text)) > 0 else None


def _wide(data: bytes) -> Decoded | None:
    """The text as UTF-16 or UTF-32 without a byte order mark, if it is plausible as such."""
    best: tuple[float, str] = (PLAUSIBLE, "")
    for codec in _WIDE:
        try:
            sample = codecs.getincrementaldecoder(codec)().decode(data[:_PIECE], final=False)
        except UnicodeDecodeError:
            continue
        best = max(best, (max(chinese_plausibility(sample), western_plausibility(sample)), codec))
    if not best[1]:
        return None
    try:
        return Decoded(data.decode(best[1]), best[1])
    except UnicodeDecodeError:
        return None


def _as_told(data: bytes, name: str, encoding: str) -> Decoded:
    """The text in the encoding that the user names, or in the superset that is in use under that name."""
    try:
        found = codecs.lookup(encoding)
    except (LookupError, ValueError) as error:
        raise _unknown(encoding) from error
    if not getattr(found, "_is_text_encoding", True):
        raise _unknown(encoding)
    *wider, last = _SUPERSETS.get(found.name, (found.name,))
    for codec in wider:
        try:
            return Decoded(data.decode(codec), codec)
        except UnicodeDecodeError:
            continue
    decoded = _tolerant(data, name, last)
    return Decoded(decoded.text.removeprefix("\ufeff"), decoded.encoding, decoded.warnings)


def _unknown(encoding: str) -> UsageError:
    return UsageError(f"Unknown encoding {encoding!r}. Try utf-8, utf-16, gb18030, big5, big5hkscs or cp1252.")


def _tolerant(data: bytes | memoryview, name: str, codec: str, *, last_resort: bool = False) -> Decoded:
    """Decode, reading the few damaged characters that a cut or faulty copy has as U+FFFD, with a warning."""
    try:
        return Decoded(str(data, codec), codec)
    except UnicodeDecodeError as error:
        text = str(data, codec, "replace")
        place = misfit(bytes(data), error)
        cut_off = error.end == len(data) and error.reason.endswith("end of data")
    except UnicodeError as error:
        raise EncodingError(f"{name} is not {_label(codec)} ({error}). Name another encoding.") from error
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    damaged = text.count("\ufffd")
    most = _LAST_RESORT * len(text) if last_resort else _MOST_DAMAGE * beyond_ascii
    if damaged > most and not (cut_off and beyond_ascii > 1):
        raise EncodingError(
            f"{name} is not {_label(codec)}: {place}. "
            "Name the right encoding with --encoding; without it, the encoding is detected."
        )
    note = (
        f"{name}: damaged {_label(codec)}, {damaged} unreadable character{'s' * (damaged > 1)} read as U+FFFD; {place}"
    )
    return Decoded(text, codec, (note,))


def _report(decoded: Decoded, name: str) -> Decoded:
    """Add the warning that says which encoding was found; UTF-8 goes without saying."""
    if decoded.encoding == "utf-8":
        return decoded
    note = f"{name}: read as {_label(decoded.encoding)} (not UTF-8); use --encoding to choose another"
    return Decoded(decoded.text, decoded.encoding, (note, *decoded.warnings))


def _label(codec: str) -> str:
    return _LABELS.get(codec, codec.removesuffix("-le").removesuffix("-be").upper())


def _telling_lines(data: bytes) -> bytes:
    """The first lines that are not plain ASCII, a sample of bounded size that begins and ends at whole characters.

    A line's start is a character's start in every encoding judged here; so is what follows a piece of pure ASCII. The
    end of a piece may cut a character, which weighs nothing in a piece of that length.
    """
    stream = io.BytesIO(data)
    telling: list[bytes] = []
    size = 0
    whole = True
    while size < _SAMPLE and (piece := stream.readline(_PIECE)):
        if whole and not piece.isascii():
            telling.append(piece)
            size += len(piece)
        whole = piece.isascii() or piece.endswith(b"\n")
    return b"".join(telling)
