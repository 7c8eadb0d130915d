"""What a person can do to rows: each action is a plain function from rows to a change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aligner.errors import UsageError
from aligner.languages import NAMES
from aligner.review.rows import ALIGNED_AGAIN, OPEN, RIGHT, SIDES, STATES, Change, Edit, Ids, Row

NEARBY = 50  # rows that are searched for a sentence to link with

Rows = Sequence[Row]
Beads = Sequence[tuple[Ids, Ids, float]]
"""English and Chinese sentences of each bead, and its confidence."""


def place_of(rows: Rows, number: int) -> int:
    """Where the row with this id stands; raises UsageError where it is gone."""
    for place, row in enumerate(rows):
        if row.id == number:
            return place
    raise UsageError("That row is no longer there.")


def next_id(rows: Rows) -> int:
    """An id that no row has."""
    return max((row.id for row in rows), default=-1) + 1


def merge(rows: Rows, number: int) -> Change:
    """Join a row with the one below it."""
    at = place_of(rows, number)
    if at + 1 == len(rows):
        raise UsageError("This is the last row: there is none below to merge with.")
    return _replacement(rows, at, at + 2, "merge", [_joined(rows[at : at + 2])], number)


def link(rows: Rows, numbers: Sequence[int]) -> Change:
    """Join rows that need not be neighbours; of one row alone, with the nearest that holds only the other side."""
    places = sorted({place_of(rows, number) for number in numbers})
    if len(places) == 1:
        places = sorted([places[0], _counterpart(rows, places[0])])
    first, last = places[0], places[-1]
    joined = _joined([rows[place] for place in places])
    between = [rows[place] for place in range(first, last + 1) if place not in places]
    return _replacement(rows, first, last + 1, "link", [joined, *between], numbers[0])


def _counterpart(rows: Rows, at: int) -> int:
    row = rows[at]
    if row.en and row.zh:
        raise UsageError("This row has both sides. Mark the rows to link first.")
    missing = "zh" if row.en else "en"
    for distance in range(1, NEARBY):
        for place in (at + distance, at - distance):
            if 0 <= place < len(rows) and rows[place].side(missing) and not (rows[place].en and rows[place].zh):
                return place
    raise UsageError(f"There is no {NAMES[missing]} sentence without counterpart nearby. Mark the rows to link first.")


def _joined(rows: Rows) -> Row:
    """One row of several, made by a person; it keeps the first one's id and all comments."""
    english, chinese = (tuple(sorted(i for row in rows for i in row.side(side))) for side in SIDES)
    comment = "\n".join(row.comment for row in rows if row.comment)
    return Row(rows[0].id, english, chinese, None, RIGHT, comment=comment)


def split(rows: Rows, number: int, parts: Sequence[tuple[Ids, Ids]]) -> Change:
    """Divide a row into parts that hold all its sentences, in their order."""
    at = place_of(rows, number)
    row, new = rows[at], next_id(rows)
    made = [
        Row(new + n if n else row.id, english, chinese, None, RIGHT, row.dropped, "" if n else row.comment)
        for n, (english, chinese) in enumerate(parts)
    ]
    if len(made) < 2 or any(part.empty for part in made):
        raise UsageError("This row can't be split: it holds no more than one sentence a side.")
    return _replacement(rows, at, at + 1, "split", made, number)


def unlink(rows: Rows, number: int) -> Change:
    """Take a row apart into sentences without counterpart."""
    row = rows[place_of(rows, number)]
    if not (row.en and row.zh):
        raise UsageError("This row has one side only: there is nothing to unlink.")
    parts: list[tuple[Ids, Ids]] = [*(((i,), ()) for i in row.en), *(((), (j,)) for j in row.zh)]
    return replace(split(rows, number, parts), label="unlink")


def move(rows: Rows, number: int, side: str, edge: str, way: str) -> Change:
    """Move one sentence over a row's boundary: ``edge`` is ``"start"`` or ``"end"``, ``way`` ``"in"`` or ``"out"``.

    The row is then made by a person. The other one has lost or gained a sentence, so that it has to be looked at,
    unless a person had settled it too.
    """
    at = place_of(rows, number)
    step = -1 if edge == "start" else 1
    row = rows[at]
    if way == "in":
        other = _giver(rows, at, step, side)
        given = rows[other].side(side)
        taken = given[-1:] if step < 0 else given[:1]
        mine, theirs = row.side(side) + taken, tuple(i for i in given if i not in taken)
    else:
        other, given = at + step, row.side(side)
        if not given:
            raise UsageError(f"This row has no {NAMES[side]} sentence to give.")
        taken = given[:1] if step < 0 else given[-1:]
        mine = tuple(i for i in given if i not in taken)
        theirs = taken + (rows[other].side(side) if 0 <= other < len(rows) else ())
    changed = {at: _made(row.with_side(side, mine))}
    if 0 <= other < len(rows):
        changed[other] = _disturbed(rows[other].with_side(side, theirs))
        first, last = min(at, other), max(at, other) + 1
        return _replacement(rows, first, last, "move", [changed.get(n, rows[n]) for n in range(first, last)], number)
    new = Row(next_id(rows), (), (), None, RIGHT).with_side(side, theirs)
    return _replacement(rows, at, at + 1, "move", [new, changed[at]][::-step], number)


def _giver(rows: Rows, at: int, step: int, side: str) -> int:
    """The nearest row above or below that has a sentence on this side."""
    other = at + step
    while 0 <= other < len(rows) and not rows[other].side(side):
        other += step
    if not 0 <= other < len(rows):
        raise UsageError(f"There is no {NAMES[side]} sentence {'above' if step < 0 else 'below'} to take.")
    return other


def _made(row: Row) -> Row:
    return replace(row, confidence=None, state=RIGHT)


def _disturbed(row: Row) -> Row:
    return replace(row, confidence=None, state=RIGHT if row.state == RIGHT else OPEN)


def mark(rows: Rows, number: int, state: str) -> Change:
    """Mark a row right or wrong, or open again."""
    if state not in STATES:
        raise UsageError(f"{state!r} is no state of a row.")
    at = place_of(rows, number)
    label = f"mark {state}" if state else "open again"
    return _replacement(rows, at, at + 1, label, [replace(rows[at], state=state)], number)


def drop(rows: Rows, number: int, dropped: bool) -> Change:
    """Leave a row out of everything that is exported, or take it in again."""
    at = place_of(rows, number)
    label = "drop" if dropped else "take in"
    return _replacement(rows, at, at + 1, label, [replace(rows[at], dropped=dropped)], number)


def comment(rows: Rows, number: int, text: str) -> Change:
    """Write a comment on a row, or take it away with an empty one."""
    at = place_of(rows, number)
    return _replacement(rows, at, at + 1, "comment", [replace(rows[at], comment=text.strip())], number)


def edit(number: int, edits: Sequence[Edit]) -> Change:
    """Give sentences another text; the original stays in the project."""
    if not any(edit.before != edit.after for edit in edits):
        raise UsageError("The text is unchanged.")
    return Change("edit", edits=tuple(edits), focus=number, back=number)


def realign(rows: Rows, number: int, found: Sequence[tuple[int, int, Beads]]) -> Change:
    """Put newly found beads in the place of stretches of rows, each from a first to before a last row, in order.

    A row whose bead comes out as it was stays, with its new confidence. Comments on rows that are no more, and the
    focus, go to the row that holds their first sentence now.
    """
    new, made, done = next_id(rows), list[Row](), found[0][0]
    for first, last, beads in found:
        made += [*rows[done:first], *_stretch(rows[first:last], beads, new)]
        new, done = new + len(beads), last
    return _replacement(rows, found[0][0], found[-1][1], ALIGNED_AGAIN, made, number)


def _stretch(old: Rows, beads: Beads, new: int) -> list[Row]:
    known = {(row.en, row.zh): row for row in old}
    made = []
    for n, (en, zh, confidence) in enumerate(beads, new):
        row = known.pop((en, zh), None)
        made.append(replace(row, confidence=confidence) if row else Row(n, en, zh, confidence))
    for row in known.values():
        if row.comment:
            at = _heir(made, row)
            made[at] = replace(made[at], comment="\n".join(filter(None, (made[at].comment, row.comment))))
    return made


def _heir(rows: Rows, old: Row) -> int:
    """The place of the row that holds the first sentence of one that is no more."""
    side = "en" if old.en else "zh"
    return next(place for place, row in enumerate(rows) if old.side(side)[0] in row.side(side))


def _replacement(rows: Rows, first: int, last: int, label: str, made: Sequence[Row], number: int) -> Change:
    """A change of rows ``first`` to before ``last``; those that lost all their sentences go.

    The focus stays on the row with the given id; where that goes, it moves to the row that holds its first sentence.
    """
    kept = tuple(row for row in made if not row.empty)
    removed = tuple(rows[first:last])
    if kept == removed:
        raise UsageError("Nothing changed.")
    gone = [row for row in removed if row.id == number and number not in {row.id for row in kept}]
    focus = kept[_heir(kept, gone[0])].id if gone else number
    return Change(label, first, removed, kept, focus=focus, back=number)
