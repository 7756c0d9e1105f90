"""Releases of never-event figures: drafted by the clock, checked, signed by a director, then made public.

Its own process: it alone holds the signing key and writes the public place, and a full disk stops no board.
"""
