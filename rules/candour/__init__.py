"""The duty of candour: what is owed to whom, by when, and whether it was done (law.md §1)."""

from rules.candour.decide import about, concerned, hears, order, passes_over
from rules.candour.evolve import apply
from rules.candour.state import State
from rules.candour.why import clauses, held
from rules.rule import Rule
from schemas.topics import OBLIGATIONS

RULE = Rule(
    name="candour",
    topic=OBLIGATIONS,
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
