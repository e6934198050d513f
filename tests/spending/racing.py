"""Threads that start together, each with its own database connection."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection


def at_once(count: int, work: Callable[[int], None]) -> list[BaseException]:
    """Run `work` with each number below `count` in a thread of its own; what they raised."""
    gate = threading.Barrier(count)

    def begin(number: int) -> None:
        try:
            gate.wait(20)
            work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        futures = [pool.submit(begin, number) for number in range(count)]
    return [error for each in futures if (error := each.exception(60)) is not None]
