"""Array types that the numerical stages share, and the one thing that embedding hands to scoring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
DoubleArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
AnyArray = NDArray[Any]
Integers = TypeVar("Integers", bound=np.integer)


def distinct(values: NDArray[Integers]) -> NDArray[Integers]:
    """The values, shape (n,), each once, rising. ``np.unique`` would import ``numpy.ma`` first, which takes 16 ms."""
    ordered = np.sort(values)
    result: NDArray[Integers] = ordered[np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]]
    return result


class SpanVectors(Protocol):
    """The embedded sentences of one text, from which the vector of any run of neighbours can be had."""

    def __len__(self) -> int:
        """The number of sentences."""
        ...

    def vectors(self, length: int, start: int = 0, stop: int | None = None) -> FloatArray:
        """Unit vectors of the spans of ``length`` consecutive sentences that begin at ``start`` to ``stop - 1``.

        Row k belongs to the sentences ``start + k`` to ``start + k + length - 1``. ``stop`` is by default the number of
        spans of that length, ``max(0, len(self) - length + 1)``. Shape: (stop - start, dimension), float32.
        """
        ...


@dataclass(frozen=True)
class Beads:
    """Beads as flat arrays, each of shape (n,): the boundaries at which a bead ends, and how many sentences it takes.

    ``rows`` and ``columns`` count the source and the target sentences before the bead's end.
    """

    rows: IntArray
    columns: IntArray
    sources: IntArray
    targets: IntArray

    def __len__(self) -> int:
        """The number of beads."""
        return len(self.rows)

    def __getitem__(self, chosen: slice | IntArray | BoolArray) -> Beads:
        """Some of the beads."""
        return Beads(self.rows[chosen], self.columns[chosen], self.sources[chosen], self.targets[chosen])

    def moved(self, start: tuple[int, int]) -> Beads:
        """The same beads, counted from a place so many rows and columns before."""
        return Beads(self.rows + start[0], self.columns + start[1], self.sources, self.targets)

    @property
    def ends(self) -> tuple[IntArray, IntArray]:
        """The rows and the columns at which they end."""
        return self.rows, self.columns

    @property
    def is_null(self) -> BoolArray:
        """Which of them take sentences of one text only."""
        null: BoolArray = np.minimum(self.sources, self.targets) == 0
        return null
