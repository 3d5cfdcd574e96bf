"""Every speed and memory claim, measured: `python -m benchmarks` prints one table and keeps the figures as JSON."""
