"""The rules of one case, in the order in which they hear it."""

from rules.candour import RULE
from rules.rule import Rule

RULES: tuple[Rule, ...] = (RULE,)
