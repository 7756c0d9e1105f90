"""Patterns over many cases of one provider: what stands out, what comes again, what has gone quiet."""

from rules.patterns.decide import about, concerned, order, passes_over
from rules.patterns.evolve import apply
from rules.patterns.state import State
from rules.rule import Rule
from schemas.topics import PATTERNS, WARD_EVENTS

RULE = Rule(
    name="patterns",
    topic=PATTERNS,
    new_state=State,
    concerned=concerned,
    about=about,
    apply=apply,
    passes_over=passes_over,
    order=order,
    source=WARD_EVENTS,
)
"""Where other rules speak of a case, this one speaks of a provider: quarantines name its code."""
