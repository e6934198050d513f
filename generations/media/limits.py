"""The bounds that a process sets on itself before it opens a file from outside."""

import resource

MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 10
FILE_BYTES = 64 * 1024 * 1024


def limit(cpu_seconds: int = CPU_SECONDS, *, at_most: int | None = None) -> None:
    """Bound this process's memory, time and files; what exceeds them ends it.

    `allow` may extend the processor's time later, up to `at_most` seconds in all.
    """
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, at_most or cpu_seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def allow(cpu_seconds: int) -> None:
    """Extend the processor's time to so many seconds in all, within what `limit` left open."""
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (min(cpu_seconds, most), most))
