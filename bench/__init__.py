"""Benchmarks: each prints what it measured beside what was demanded, and their ratio."""
