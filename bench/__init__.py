"""Benchmarks: each prints what it measured beside what was demanded, and their ratio."""

from instant_hosting.shipped import put_first

put_first()
