"""Fitting a scorer: first a weighted sum of the features, then small networks that begin from it, averaged.

What one network of a few units learns is partly chance; the average of several varies less (Hansen and Salamon 1990).
The average is itself a network, of all their units.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from aligner.arrays import DoubleArray, FloatArray
from aligner.scoring import OPENING, Scorer, linear_scorer
from aligner.training.field import Graph, fit_near
from aligner.training.samples import Sample

REGULARISATION = 15.0  # of weights over features of unit root mean square: left-out F1 is flat from 10 to 30, less at 3
HIDDEN_REGULARISATION = 20.0  # of the units' weights
SEEDS = (10, 11, 12, 13)  # of the networks
UNITS = 32  # of each network
ITERATIONS = 50  # of the network: fewer steps stay nearer to the weighted sum
SHARPENING = 1.05  # a penalised fit is a little too cautious about new texts


def fit(samples: Sequence[Sample]) -> Scorer:
    """Return the average of the networks with the highest penalised likelihood; deterministic."""
    graph = Graph(samples)
    plain = fit_near(graph, linear_scorer(), REGULARISATION).linear
    networks = [Network(graph, plain, seed).fit() for seed in SEEDS]
    linear, hidden, bias, output = (np.concatenate(parts) for parts in zip(*networks, strict=True))
    linear = linear.reshape(len(networks), -1).mean(axis=0)
    return Scorer(plain, linear, hidden, bias, np.asarray(output / len(networks), np.float32)).softened(SHARPENING)


class Network:
    """A network over scaled features, its parameters in one row: linear, hidden (features, units), bias, output."""

    def __init__(self, graph: Graph, linear: FloatArray, seed: int) -> None:
        self.graph, self.scale = graph, graph.scale()
        self.features = graph.features / self.scale.astype(np.float32)
        count = len(linear)
        generator = np.random.default_rng(seed)
        hidden = generator.normal(0, 1 / np.sqrt(count), (count, UNITS))
        output = generator.normal(0, 0.1, UNITS)
        self.start = np.concatenate([linear * self.scale, hidden.ravel(), np.zeros(UNITS), output])
        sizes = (count, count * UNITS, UNITS, UNITS)
        self.edges = np.cumsum(sizes)[:-1]
        strengths = REGULARISATION, HIDDEN_REGULARISATION, 0.1, HIDDEN_REGULARISATION
        self.firmness = np.repeat(strengths, sizes)

    def fit(self) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Return weights, hidden units, bias and output, after a bounded number of steps towards the likeliest."""
        from scipy.optimize import minimize

        found = minimize(
            self.loss, self.start, jac=True, method="L-BFGS-B", options={"maxiter": ITERATIONS, "maxcor": 20}
        )
        linear, hidden, bias, output = self._parts(found.x)
        scale = self.scale.astype(np.float32)
        return linear / scale, np.ascontiguousarray((hidden / scale[:, None]).T), bias, output

    def _parts(self, row: DoubleArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        linear, hidden, bias, output = np.split(row.astype(np.float32), self.edges)
        return linear, hidden.reshape(len(linear), UNITS), bias, output

    def loss(self, row: DoubleArray) -> tuple[float, DoubleArray]:
        """Penalised negative log-likelihood and its gradient."""
        linear, hidden, bias, output = self._parts(row)
        units = self.features @ hidden
        units += bias
        np.maximum(units, 0, out=units)
        scores = (self.features @ linear + units @ output).astype(np.float64)
        value, slopes, opening = self.graph.likelihood(scores, float(row[OPENING] / self.scale[OPENING]))
        by_score = slopes.astype(np.float32)
        to_linear = (by_score @ self.features).astype(np.float64)
        to_linear[OPENING] += opening / self.scale[OPENING]
        to_output = by_score @ units
        before = (units > 0) * output
        before *= by_score[:, None]
        gradient = np.concatenate([to_linear, (self.features.T @ before).ravel(), before.sum(axis=0), to_output])
        return float(self.firmness @ row**2) / 2 - value, self.firmness * row - gradient
