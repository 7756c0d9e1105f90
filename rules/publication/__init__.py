"""Releases of never-event figures: each is a pure function of the log, a time, and a window (law.md §5)."""
