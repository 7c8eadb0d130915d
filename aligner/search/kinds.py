"""The types of beads that the search knows."""

from __future__ import annotations

import numpy as np


def _bead_types() -> tuple[tuple[int, int], ...]:
    """1-0, 0-1, one to at most eight, two to at most five, three to at most four, both ways."""
    longest = {1: 8, 2: 5, 3: 4, 4: 3}
    pairs = [(a, b) for a in range(1, 9) for b in range(1, 9) if max(a, b) <= longest.get(min(a, b), 0)]
    return ((1, 0), (0, 1), *pairs)


BEAD_TYPES = _bead_types()
DELETION, INSERTION = BEAD_TYPES.index((1, 0)), BEAD_TYPES.index((0, 1))
LONGEST = max(max(kind) for kind in BEAD_TYPES)
SOURCES = np.array([source for source, _ in BEAD_TYPES])
TARGETS = np.array([target for _, target in BEAD_TYPES])
