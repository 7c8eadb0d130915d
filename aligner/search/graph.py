"""Exact search over a list of beads: the best path, and every bead's posterior.

A path runs through nodes (i, j), "i source and j target sentences are used", from (0, 0) to (n, m), each step a bead.
A run of null beads costs ``opening`` once, on top of its beads' own scores (the affine gaps of Gotoh 1982), so every
node is there twice: after a linked bead (even numbers) and inside a run of null beads (odd). The best path is
Viterbi's; the posterior of a bead is the share of all paths' probability that uses it, by the forward-backward
algorithm of a semi-Markov conditional random field (Sarawagi and Cohen 2004).
"""

from __future__ import annotations

import numpy as np

from aligner.arrays import Beads, DoubleArray, FloatArray, IntArray
from aligner.compiled import load_compiled

compiled = load_compiled("aligner.search._lattice")


class Graph:
    """Beads with their scores, as steps between nodes."""

    def __init__(self, beads: Beads, scores: FloatArray, opening: float, ends: tuple[int, int]) -> None:
        """``ends`` are the numbers of source and target sentences; the beads come in the order of their rows."""
        self.beads = beads
        width = ends[1] + 1
        begin = (beads.rows - beads.sources) * width + beads.columns - beads.targets
        end = beads.rows * width + beads.columns
        nodes, places = np.unique(np.concatenate([[0, ends[0] * width + ends[1]], begin, end]), return_inverse=True)
        level = np.repeat(nodes // width + nodes % width, 2)
        null = beads.is_null
        begin, end = 2 * places[2 : len(beads) + 2], 2 * places[len(beads) + 2 :] + null
        reached = np.zeros(len(level), bool)
        reached[end] = True
        reached[0] = True
        source = np.concatenate([begin, begin + 1])
        some = np.flatnonzero(reached[source])
        self.bead: IntArray = some % max(1, len(beads))
        self.source, self.target = source[some], end[self.bead]
        opens = null[self.bead] & (self.source % 2 == 0)
        self.weights: DoubleArray = scores[self.bead].astype(np.float64) + np.where(opens, opening, 0.0)
        self.level = level
        self.final = 2 * int(places[1])

    def posteriors(self) -> DoubleArray:
        """Posterior probability of every bead, shape (beads,)."""
        ahead = np.full(len(self.level), -np.inf)
        behind = ahead.copy()
        ahead[0] = behind[self.final : self.final + 2] = 0.0
        _sweep(np.logaddexp, ahead, self.weights, (self.source, self.target, self.level[self.target]))
        _sweep(np.logaddexp, behind, self.weights, (self.target, self.source, -self.level[self.source]))
        total = np.logaddexp(*ahead[self.final : self.final + 2])
        logs = ahead[self.source] + self.weights + behind[self.target] - total
        return np.bincount(self.bead, np.exp(np.minimum(logs, 0.0)), len(self.beads)).astype(np.float64)

    def best_path(self) -> IntArray:
        """The numbers of the beads of the path with the highest sum of scores, in order.

        Raises ValueError where no path of finite scores leads to the end.
        """
        ahead = np.full(len(self.level), -np.inf)
        ahead[0] = 0.0
        _sweep(np.maximum, ahead, self.weights, (self.source, self.target, self.level[self.target]))
        best = np.flatnonzero((ahead[self.source] + self.weights == ahead[self.target]) & np.isfinite(self.weights))
        step_to = np.full(len(self.level), -1)
        step_to[self.target[best[::-1]]] = best[::-1]
        node = self.final + int(ahead[self.final + 1] > ahead[self.final])
        path, steps, sources = [], step_to.tolist(), self.source.tolist()
        while node:
            if steps[node] < 0:
                raise ValueError("No path of beads with finite scores leads from the first node to the last.")
            path.append(steps[node])
            node = sources[steps[node]]
        return self.bead[path[::-1]]


_Steps = tuple[IntArray, IntArray, IntArray]
"""From and to which nodes, and in which turn."""


def _sweep(plus: np.ufunc, totals: DoubleArray, weights: DoubleArray, steps: _Steps) -> None:
    """Add up, turn by turn, what comes to each node; ``plus`` adds two paths."""
    if compiled:
        source, target, turn = steps
        compiled.sweep(totals, np.argsort(turn, kind="stable"), source, target, weights, plus is np.maximum)
        return
    order = np.lexsort(steps[1:])
    (source, target, turn), weights = (column[order] for column in steps), weights[order]
    turns = np.flatnonzero(np.diff(turn, prepend=turn[0] - 1))
    heads = np.flatnonzero((np.diff(turn, prepend=turn[0] - 1) != 0) | (np.diff(target, prepend=-1) != 0))
    nodes, edges = target[heads], np.append(turns, len(turn)).tolist()
    head_edges = np.searchsorted(heads, edges).tolist()
    for number, first in enumerate(edges[:-1]):
        last, here = edges[number + 1], slice(head_edges[number], head_edges[number + 1])
        terms = totals[source[first:last]] + weights[first:last]
        totals[nodes[here]] = plus.reduceat(terms, heads[here] - first)
