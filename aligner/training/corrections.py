"""Adapting the weights to a person's own texts: a fit to what was confirmed in projects, held near known weights."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from aligner.arrays import DoubleArray, FloatArray
from aligner.scoring import OPENING
from aligner.training.field import ITERATIONS, Graph
from aligner.training.samples import Sample

# How firmly the weights are held, over features of unit root mean square. Novels left out, for weights that knew none:
# F1 0.906 at 15 and at 60, 0.891 at 200 (0.818 before). For weights that knew their like, half of one chapter corrected
# and the other half judged: 0.769 at 5, 0.782 from 15 to 100 (0.785 before).
FIRMNESS = 60.0


def adapt(samples: Sequence[Sample], weights: FloatArray, firmness: float = FIRMNESS) -> FloatArray:
    """Return the weights that explain the samples best and are yet near the given ones; deterministic.

    The penalised likelihood of ``aligner.training.fit`` with the given weights, not zero, as the prior's mean: a few
    dozen corrections say little of most features, and these stay as they were.
    """
    from scipy.optimize import minimize

    graph = Graph(samples)
    scale = np.sqrt((graph.features.astype(np.float64) ** 2).mean(axis=0)) + 1e-6
    scale[OPENING] = np.sqrt(graph.every_path.edges.opens.mean()) + 1e-6
    start = weights.astype(np.float64) * scale

    def loss(scaled: DoubleArray) -> tuple[float, DoubleArray]:
        value, gradient = graph.likelihood(scaled / scale)
        apart = scaled - start
        return firmness * float(apart @ apart) / 2 - value, firmness * apart - gradient / scale

    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": ITERATIONS, "maxcor": 30})
    result: FloatArray = (found.x / scale).astype(np.float32)
    return result
