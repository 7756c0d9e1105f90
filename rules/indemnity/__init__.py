"""Indemnity as it was proposed: what marks an incident, and when a person looks at a claim (law.md §7)."""

from rules.indemnity.decide import about, concerned, hears, order, passes_over
from rules.indemnity.evolve import apply
from rules.indemnity.state import State
from rules.indemnity.why import clauses, held
from rules.rule import Rule
from schemas.topics import REVIEWS

RULE = Rule(
    name="indemnity",
    topic=REVIEWS,
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
