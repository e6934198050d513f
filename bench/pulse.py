"""What the pickup benchmark runs: a sender of hints, and the task that notes when it began."""

import os
import random
import sys
import time
from pathlib import Path


def arrive(sent: int, file: str) -> None:
    """Append the nanoseconds since `sent`, a reading of the monotonic clock, to a file."""
    taken = time.monotonic_ns() - sent
    with Path(file).open("a") as stream:
        stream.write(f"{taken}\n")


def send(count: int, file: str) -> None:
    """Give `count` hints, with random gaps as between people's clicks."""
    import django

    django.setup()
    from django_q.tasks import async_task

    chance = random.Random(7)
    for _ in range(count):
        async_task("bench.pulse.arrive", time.monotonic_ns(), file)
        time.sleep(chance.uniform(0.06, 0.2))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.queue_settings")
    send(int(sys.argv[1]), sys.argv[2])
