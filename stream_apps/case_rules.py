"""The rules of one case, in the order in which they hear it."""

from rules import candour, escalation, indemnity
from rules.rule import Rule

RULES: tuple[Rule, ...] = (candour.RULE, escalation.RULE, indemnity.RULE)
