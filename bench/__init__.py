"""The benchmarks: `python -m bench` makes one table, each figure measured beside its baseline."""
