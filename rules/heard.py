"""What earlier rules drew from one record, by case: a tick may bring a hundred thousand outcomes."""

from collections.abc import Iterable, Sequence

from schemas.outcome_types import Outcome


class Heard:
    """Sorted once for each record. A look-up, no memory: nothing is decided by what was here before."""

    __slots__ = ("_by_case", "_heard")

    def __init__(self) -> None:
        self._heard: Sequence[Outcome] = ()
        self._by_case: dict[str, list[Outcome]] = {}

    def cases(self, heard: Sequence[Outcome], kinds: tuple[type[Outcome], ...]) -> Iterable[str]:
        """The cases about which something of these kinds was said, in the order in which it was."""
        self._heard, self._by_case = heard, {}
        for outcome in heard:
            if outcome.case_id is not None and isinstance(outcome, kinds):
                self._by_case.setdefault(outcome.case_id, []).append(outcome)
        return self._by_case

    def of(
        self, heard: Sequence[Outcome], kinds: tuple[type[Outcome], ...], case_id: str
    ) -> Sequence[Outcome]:
        if self._heard is not heard:
            self.cases(heard, kinds)
        return self._by_case.get(case_id, ())
