from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from aligner.arrays import distinct


@given(st.lists(st.integers(-5, 5)))
def test_distinct_values_rise(values: list[int]) -> None:
    for kind in (np.int32, np.int64):
        result = distinct(np.array(values, kind))
        assert result.tolist() == sorted(set(values))
        assert result.dtype == kind
