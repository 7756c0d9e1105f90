"""What a replay over whole partitions came to."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Replayed:
    records: int = 0
    passed_over: int = 0
    seconds: float = 0.0
    outcomes: Counter[str] = field(default_factory=Counter)
    by_partition: dict[int, int] = field(default_factory=dict)

    def add(self, part: "Replayed") -> None:
        """What further partitions came to; the time is of the whole."""
        self.records += part.records
        self.passed_over += part.passed_over
        self.outcomes.update(part.outcomes)
        self.by_partition.update(part.by_partition)

    @property
    def records_per_second(self) -> float:
        return self.records / self.seconds if self.seconds else 0.0

    def lines(self) -> list[str]:
        return [
            f"{self.records:,} records in {self.seconds:.1f} s ({self.records_per_second:,.0f} a second), "
            f"{self.passed_over:,} of them passed over by their first bytes",
            *(f"{number:>12,}  {kind}" for kind, number in sorted(self.outcomes.items())),
        ]
