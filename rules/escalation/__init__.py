"""Escalation: who must act, by when, and whether somebody did (requirements A7; law.md §6)."""

from rules.escalation.decide import about, concerned, hears, order, passes_over
from rules.escalation.evolve import apply
from rules.escalation.state import State
from rules.escalation.why import clauses, held
from rules.rule import Rule
from schemas.topics import ESCALATIONS

RULE = Rule(
    name="escalation",
    topic=ESCALATIONS,
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
