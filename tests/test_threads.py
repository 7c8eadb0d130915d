from __future__ import annotations

import pytest
from threadpoolctl import threadpool_limits

from aligner.threads import shared_over_cores


@pytest.mark.parametrize("cores", [1, 2, 3])
def test_results_come_in_order(cores: int) -> None:
    with threadpool_limits(cores, "blas"), shared_over_cores() as share:
        assert list(share(lambda number: number * number, range(50))) == [number * number for number in range(50)]


def test_what_has_not_begun_is_not_done_after_an_interrupt() -> None:
    begun: list[int] = []

    def work(number: int) -> int:
        begun.append(number)
        if number == 3:
            raise KeyboardInterrupt
        return number

    with pytest.raises(KeyboardInterrupt), threadpool_limits(2, "blas"), shared_over_cores() as share:
        list(share(work, range(100_000)))
    assert len(begun) < 100_000
