"""Never events: proposed, confirmed, counted, restated and withdrawn by the list of their day (law.md §4)."""

from rules.never_events.decide import about, concerned, order, passes_over
from rules.never_events.evolve import apply
from rules.never_events.state import State
from rules.never_events.why import clauses, held
from rules.rule import Rule
from schemas.topics import NEVER_EVENTS

RULE = Rule(
    name="never_events",
    topic=NEVER_EVENTS,
    new_state=State,
    concerned=concerned,
    about=about,
    apply=apply,
    passes_over=passes_over,
    order=order,
    clauses=clauses,
    held=held,
)
