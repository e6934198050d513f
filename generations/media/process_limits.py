"""Limits that a process sets on itself before it opens a file from outside."""

import resource

MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 10
FILE_BYTES = 64 * 1024 * 1024


def limit_process(cpu_seconds: int = CPU_SECONDS, *, at_most: int | None = None) -> None:
    """Limit this process's memory, CPU time and files. The kernel ends a process beyond them.

    `allow_cpu_seconds` can raise the CPU time later, up to `at_most` seconds in all.
    """
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, at_most or cpu_seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def allow_cpu_seconds(cpu_seconds: int) -> None:
    """Raise the limit of CPU time, counted from the start, up to `at_most` of `limit_process`."""
    _, at_most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (min(cpu_seconds, at_most), at_most))
