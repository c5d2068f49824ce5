"""Writes what is written in docs/: each program prints a page, or takes a picture."""
