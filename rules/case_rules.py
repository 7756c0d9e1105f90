"""The rules of one case, in the order in which they hear it."""

from rules import candour, escalation, indemnity, never_events, signals
from rules.rule import Rule

RULES: tuple[Rule, ...] = (never_events.RULE, candour.RULE, escalation.RULE, indemnity.RULE, signals.RULE)
