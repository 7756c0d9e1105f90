"""What a comparison of the outcome logs with a fold over the input has found."""

from dataclasses import dataclass, field
from typing import NamedTuple

SHOWN = 5  # of each sort of difference


class Found(NamedTuple):
    """One outcome, as it is or as it ought to be on the log."""

    offset: int  # of the record it was drawn from
    part: str
    payload: bytes


@dataclass
class Verdict:
    records: int = 0
    expected: int = 0
    written: int = 0
    repeats: int = 0  # the same id again, byte for byte: ordinary after a crash
    missing: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    two_payloads: list[str] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)  # each is shown: somebody has to do something about each

    @property
    def clean(self) -> bool:
        wrong = (self.missing, self.strangers, self.two_payloads, self.order, self.lost)
        return not any(wrong)

    def __bool__(self) -> bool:
        return self.clean

    def lines(self) -> list[str]:
        said = [
            f"{self.records:,} records heard, {self.expected:,} outcomes follow from them; "
            f"{self.written:,} on the logs, {self.repeats:,} of them repeats"
        ]
        for name, found in (
            ("missing on the log", self.missing),
            ("on the log, and follows from no record", self.strangers),
            ("differs from what follows", self.two_payloads),
            ("out of order", self.order),
        ):
            if found:
                said.append(f"{len(found):,} {name}:")
                said += [f"  {line}" for line in found[:SHOWN]]
        if self.lost:
            said.append(f"{len(self.lost):,} taken in, and not on the log (see the runbook):")
            said += [f"  {line}" for line in self.lost]
        return said
