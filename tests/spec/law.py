"""A case of the law: what happened, what the law says of it and where, and how the duties stand then."""

from collections import Counter
from dataclasses import dataclass

from rules.candour.state import Obligation
from rules.rule import outcome_id
from schemas.contracts import snake
from tests.spec.notation import described, lines, tell
from tests.spec.partition import rebuilt, stumbles

COLUMNS = ("due", "target", "starts", "aware", "relation")


@dataclass(frozen=True)
class Law:
    """`owed`: every duty in the end, one a line, or nothing. `said`: what came of it, in order and counted.

    A line of `owed` names of `COLUMNS` those that the case is about.
    """

    title: str
    ref: str
    history: str
    owed: str = ""
    said: str = ""
    because: str = ""

    heading = "Owed in the end"
    nothing = "Nothing is owed."

    def __str__(self) -> str:
        return self.title

    def check(self) -> None:
        told = tell(self.history)
        assert not stumbles(told.partition.said)
        expected = lines(self.owed)
        several = len({(one.patient, one.provider) for one in told.obligations()}) > 1
        found = [
            described(one, _columns(one, expected, several), several, told.row(one))
            for one in told.obligations()
        ]
        assert sorted(found) == sorted(expected)
        if self.said:
            counted = Counter(snake(type(outcome).__name__) for outcome in told.partition.said)
            for line in lines(self.said):
                times, kind = line.split()
                assert counted[kind] == int(times.removesuffix("x")), f"{line}: {dict(counted)}"
        if self.because:
            reasons = " ".join(reason for outcome in told.partition.said for reason in outcome.because)
            assert self.because in reasons, reasons
        assert rebuilt(told.partition.said) == told.partition.state
        ids = [outcome_id("candour", outcome) for outcome in told.partition.said]
        assert len(ids) == len(set(ids))


def _columns(obligation: Obligation, expected: list[str], several: bool) -> tuple[str, ...]:
    """What the case says of this duty beside its state."""
    begins = described(obligation, (), several).split()[: 4 if several else 2]
    line = next((one for one in expected if one.split()[: len(begins)] == begins), "")
    return tuple(name for name in COLUMNS if f" {name}=" in line)


@dataclass(frozen=True)
class Topic:
    title: str
    intro: str
    cases: tuple[Law, ...]
