"""Measurements of the portal against baselines: `python -m tests.benchmarks`. See docs/performance.md."""
