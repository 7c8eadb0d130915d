"""Search over beads: arrays in, beads and posteriors out. Nothing here knows of text."""

from aligner.search.anchors import Band, anchor_chain, band_around, further_cuts, make_band, sure_cuts
from aligner.search.coarse import TOLERANCE, plausible_beads
from aligner.search.graph import Graph
from aligner.search.kinds import BEAD_TYPES, LONGEST

__all__ = [
    "BEAD_TYPES",
    "LONGEST",
    "TOLERANCE",
    "Band",
    "Graph",
    "anchor_chain",
    "band_around",
    "further_cuts",
    "make_band",
    "plausible_beads",
    "sure_cuts",
]
