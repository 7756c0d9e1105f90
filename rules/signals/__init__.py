"""Signals: questions about what is unusual in one case. They ask; they never accuse, and name no person."""

from rules.rule import Rule
from rules.signals.decide import about, concerned, hears, order, passes_over
from rules.signals.evolve import apply
from rules.signals.state import State
from rules.signals.why import clauses, held
from schemas.topics import SIGNALS

RULE = Rule(
    name="signals",
    topic=SIGNALS,
    new_state=State,
    concerned=concerned,
    about=about,
    apply=apply,
    passes_over=passes_over,
    order=order,
    hears=hears,
    clauses=clauses,
    held=held,
)
