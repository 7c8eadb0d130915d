from __future__ import annotations

from threading import Event
from time import sleep

import pytest
from threadpoolctl import threadpool_limits

from aligner.threads import alongside, shared_over_cores


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
        sleep(0.001)  # or all are done before anyone looks at what the third did
        return number

    with pytest.raises(KeyboardInterrupt), threadpool_limits(2, "blas"), shared_over_cores() as share:
        list(share(work, range(10_000)))
    assert len(begun) < 9_000


def test_what_goes_on_alongside_gives_what_it_returns_or_raises() -> None:
    begun, go = Event(), Event()

    def work() -> int:
        begun.set()
        go.wait(10)
        return 7

    result = alongside(work)
    assert begun.wait(10)
    go.set()
    assert result() == 7
    with pytest.raises(ZeroDivisionError):
        alongside(lambda: 1 // 0)()
