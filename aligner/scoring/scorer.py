"""What turns the features of beads into scores: a weighted sum, and a layer of hidden units over the same features."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from aligner.arrays import FloatArray
from aligner.scoring.features import FEATURE_NAMES, OPENING


@dataclass(frozen=True, eq=False)
class Scorer:
    """A weight per feature, ``linear``, shape (features,), and units that see what features say together.

    ``hidden`` has shape (units, features), ``bias`` and ``output`` (units,); there may be no units. ``plain`` are the
    weights of a sum that says nearly the same without units, for a rough look, shape (features,).
    """

    plain: FloatArray
    linear: FloatArray
    hidden: FloatArray
    bias: FloatArray
    output: FloatArray

    def __call__(self, features: FloatArray) -> FloatArray:
        """Scores of beads from their features, shape (n, features)."""
        return np.asarray(features @ self.linear + self.bend(features), np.float32)

    def bend(self, features: FloatArray) -> FloatArray:
        """The units' part of the scores: a rectified layer, shape (n,)."""
        units = features @ self.hidden.T
        units += self.bias
        np.maximum(units, 0, out=units)
        return np.asarray(units @ self.output, np.float32)

    @property
    def opening(self) -> float:
        """What the beginning of a run of null beads adds to a score."""
        return float(self.linear[OPENING])

    def softened(self, factor: float) -> Scorer:
        """One whose scores are this one's times a factor."""
        plain, linear, output = (part * np.float32(factor) for part in (self.plain, self.linear, self.output))
        return replace(self, plain=plain, linear=linear, output=output)


def linear_scorer(weights: FloatArray | None = None) -> Scorer:
    """A scorer without units, by default of weights that are all zero."""
    count = len(FEATURE_NAMES)
    none = np.zeros(0, np.float32)
    linear = np.zeros(count, np.float32) if weights is None else np.asarray(weights, np.float32)
    return Scorer(linear, linear, np.zeros((0, count), np.float32), none, none)
