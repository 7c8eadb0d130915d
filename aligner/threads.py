"""Work shared over the machine's cores: each thread takes a piece and multiplies its matrices alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Thread
from typing import Any, TypeVar

Result = TypeVar("Result")
Share = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]


@contextmanager
def shared_over_cores(wanted: bool = True) -> Iterator[Share]:
    """Give a ``map`` that runs in as many threads as numpy would multiply one matrix in, or else the plain one.

    numpy's own threads share only the products, and wait for each other in a busy loop in between; pieces also share
    what stands between the products. The results are the same, and in the same order, however many threads there are.
    """
    if not wanted:
        yield map
        return
    from threadpoolctl import ThreadpoolController

    libraries = ThreadpoolController().select(user_api="blas")
    threads = max((library["num_threads"] for library in libraries.info()), default=1)
    if threads == 1:
        yield map
        return
    with libraries.limit(limits=1), ThreadPoolExecutor(threads) as pool:
        try:
            yield pool.map
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)  # who presses Ctrl-C waits only for what is being done
            raise


def alongside(work: Callable[[], Result]) -> Callable[[], Result]:
    """Begin work in a thread of its own; what is returned waits for it and gives what it returns, or raises.

    Nobody waits for it who does not ask: Ctrl-C ends the program at once.
    """
    outcome: Future[Result] = Future()

    def run() -> None:
        try:
            outcome.set_result(work())
        except BaseException as error:
            outcome.set_exception(error)

    Thread(target=run, daemon=True).start()
    return outcome.result
