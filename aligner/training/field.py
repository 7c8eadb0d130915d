"""A semi-Markov conditional random field over beads, fitted by L-BFGS.

The likelihood of a text is the share of all paths' weight that lies on paths in agreement with the gold; both sums run
over one sparse graph of plausible beads, all texts in step (Sarawagi and Cohen 2004; gold that leaves something open
constrains the paths as in Täckström et al. 2013).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from aligner.arrays import BoolArray, DoubleArray, IntArray
from aligner.scoring import OPENING, Scorer
from aligner.training.samples import Sample

ITERATIONS = 200


class Graph:
    """Many samples as one graph, for log-sums over all paths and over those that the gold allows.

    Every node of a sample is there twice, after a linked bead (even numbers) and inside a run of null beads (odd).
    """

    def __init__(self, samples: Sequence[Sample]) -> None:
        bases = np.cumsum([0, *(len(sample.level) for sample in samples)])
        self.features = np.concatenate([sample.features for sample in samples])
        begin = np.concatenate([sample.begin + base for sample, base in zip(samples, bases, strict=False)])
        end = np.concatenate([sample.end + base for sample, base in zip(samples, bases, strict=False)])
        level = np.repeat(np.concatenate([sample.level for sample in samples]), 2)
        owner = np.concatenate([np.full(len(sample.begin), k) for k, sample in enumerate(samples)])
        null = np.concatenate([sample.null for sample in samples])
        allowed = np.concatenate([sample.allowed for sample in samples])
        edges = _edges(begin, end, null)
        self.every_path = _Paths(edges, level, owner, bases)
        self.gold_paths = _Paths(edges.where(allowed), level, owner, bases)
        self.weights = np.array([sample.importance for sample in samples])
        self.usable = np.isfinite(self.gold_paths.totals(np.zeros(len(begin)), 0.0))  # false: the gold leaves the band
        self.weights[~self.usable] = 0
        self.bead_weights = self.weights[owner]

    def likelihood(self, scores: DoubleArray, opening: float) -> tuple[float, DoubleArray, float]:
        """Weighted sum of the samples' log-likelihoods of the gold, and its slopes by the scores and by ``opening``."""
        total, expected = self.every_path.expect(scores, opening)
        gold, observed = self.gold_paths.expect(scores, opening)
        posteriors, opened = (one - other for one, other in zip(observed, expected, strict=True))
        return float((gold - total) @ self.weights), posteriors * self.bead_weights, float(opened @ self.bead_weights)

    def scale(self) -> DoubleArray:
        """Root mean square of every feature, by which weights are measured, shape (features,)."""
        scale: DoubleArray = np.sqrt((self.features.astype(np.float64) ** 2).mean(axis=0)) + 1e-6
        scale[OPENING] = np.sqrt(self.every_path.edges.opens.mean()) + 1e-6
        return scale


@dataclass(frozen=True)
class _Edges:
    """Steps between nodes: the bead that each stands for, and whether it opens a run of null beads."""

    begin: IntArray
    end: IntArray
    bead: IntArray
    opens: BoolArray

    def where(self, allowed: BoolArray) -> _Edges:
        chosen = allowed[self.bead]
        return _Edges(self.begin[chosen], self.end[chosen], self.bead[chosen], self.opens[chosen])


def _edges(begin: IntArray, end: IntArray, null: BoolArray) -> _Edges:
    """Two steps per bead: from after a linked bead, and from inside a run of null beads."""
    beads = np.arange(len(begin))
    opens = np.concatenate([null, np.zeros_like(null)])
    last = 2 * end + null
    return _Edges(
        np.concatenate([2 * begin, 2 * begin + 1]), np.concatenate([last, last]), np.concatenate([beads, beads]), opens
    )


class _Paths:
    """The paths over some of the steps of all samples; ``bases`` is where each sample's nodes begin."""

    def __init__(self, edges: _Edges, level: IntArray, owner: IntArray, bases: IntArray) -> None:
        self.edges, self.owner = edges, owner
        self.starts, self.size = 2 * bases[:-1], 2 * int(bases[-1])
        self.finals = np.stack([2 * bases[1:] - 2, 2 * bases[1:] - 1])
        self.ahead = _Sweep(edges.end, edges.begin, level[edges.end])
        self.behind = _Sweep(edges.begin, edges.end, -level[edges.begin])

    def totals(self, scores: DoubleArray, opening: float) -> DoubleArray:
        """Log of the summed weight of all paths of each sample."""
        return self._totals(self.ahead.run(self._weights(scores, opening), self.size, self.starts))

    def expect(self, scores: DoubleArray, opening: float) -> tuple[DoubleArray, tuple[DoubleArray, DoubleArray]]:
        """The same, and for every bead its posterior and that of its opening a run of null beads."""
        edges, weights = self.edges, self._weights(scores, opening)
        ahead = self.ahead.run(weights, self.size, self.starts)
        behind = self.behind.run(weights, self.size, self.finals)
        totals = self._totals(ahead)
        totals = np.where(np.isfinite(totals), totals, 0.0)
        logs = ahead[edges.begin] + weights + behind[edges.end] - totals[self.owner[edges.bead]]
        posteriors = np.exp(np.minimum(logs, 0.0))
        opened = np.where(edges.opens, posteriors, 0.0)
        return totals, (_sums(edges.bead, posteriors, len(scores)), _sums(edges.bead, opened, len(scores)))

    def _weights(self, scores: DoubleArray, opening: float) -> DoubleArray:
        return scores[self.edges.bead] + opening * self.edges.opens

    def _totals(self, ahead: DoubleArray) -> DoubleArray:
        linked, null = ahead[self.finals]
        result: DoubleArray = np.logaddexp(linked, null)
        return result


def _sums(beads: IntArray, values: DoubleArray, count: int) -> DoubleArray:
    result: DoubleArray = np.bincount(beads, values, count).astype(np.float64)
    return result


class _Sweep:
    """Log-sums along edges from ``source`` to ``target`` nodes, level by level."""

    def __init__(self, target: IntArray, source: IntArray, level: IntArray) -> None:
        order = np.lexsort((target, level))
        self.steps = []
        edges = np.flatnonzero(np.diff(level[order], prepend=-np.inf))
        for first, last in zip(edges, [*edges[1:], len(order)], strict=True):
            chosen = order[first:last]
            heads = np.flatnonzero(np.diff(target[chosen], prepend=-1))
            self.steps.append((chosen, source[chosen], heads, target[chosen[heads]]))

    def run(self, scores: DoubleArray, size: int, starts: IntArray) -> DoubleArray:
        result = np.full(size, -np.inf)
        result[starts] = 0.0
        for chosen, source, heads, target in self.steps:
            result[target] = np.logaddexp.reduceat(result[source] + scores[chosen], heads)
        return result


def fit_near(graph: Graph, scorer: Scorer, firmness: float) -> Scorer:
    """Return a scorer whose weights explain the samples best and are yet near the given ones; deterministic.

    The penalty is Gaussian, around the given weights, over features of unit root mean square; ``firmness`` is its
    strength. The hidden units stay as they are.
    """
    from scipy.optimize import minimize

    scale = graph.scale()
    start = scorer.linear.astype(np.float64) * scale
    fixed = scorer.bend(graph.features).astype(np.float64)

    def loss(scaled: DoubleArray) -> tuple[float, DoubleArray]:
        weights = scaled / scale
        scores = (graph.features @ weights.astype(np.float32)).astype(np.float64) + fixed
        value, slopes, opening = graph.likelihood(scores, float(weights[OPENING]))
        gradient = (slopes.astype(np.float32) @ graph.features).astype(np.float64)
        gradient[OPENING] += opening
        apart = scaled - start
        return firmness * float(apart @ apart) / 2 - value, firmness * apart - gradient / scale

    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": ITERATIONS, "maxcor": 30})
    moved = ((found.x - start) / scale).astype(np.float32)
    return replace(scorer, plain=scorer.plain + moved, linear=scorer.linear + moved)
