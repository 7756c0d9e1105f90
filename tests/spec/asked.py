"""The notation of signals: the words of the law of candour, flags on a report, a line for each question.

    2014-01-06 09:00  report harm=moderate provider_not_known
    2014-01-06 09:00  report harm=severe never_event

In the end stands each question that is still asked, by its kind.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import Any

from rules import candour, signals
from rules.signals import policy
from schemas import event_types as events
from schemas.contracts import snake
from schemas.event_types import Instant, PolicyAdopted
from schemas.signal_types import QuestionRaised, SignalRaised
from tests.spec import notation
from tests.spec.chain import Chain
from tests.spec.law import Law
from tests.spec.notation import DAWN, Words, genesis, identity, lines

RULES = (candour.RULE, signals.RULE)
FLAGS = {
    "provider_not_known": events.PROVIDER_NOT_KNOWN,
    "never_event": events.NEVER_EVENT_PROPOSED,
}


def adoption() -> PolicyAdopted:
    version, content = policy.default_content()
    return PolicyAdopted(
        partition=0,
        event_id=identity("signals policy"),
        recorded_at=DAWN,
        rule="signals",
        version=version,
        sha256=hashlib.sha256(content.encode()).hexdigest(),
        content=content,
    )


@dataclass
class AskedCase(notation.Case):
    def _common(self, kind: str, words: Words, recorded_at: Instant) -> dict[str, Any]:
        common = super()._common(kind, words, recorded_at)
        if kind == "report":
            for word, flag in FLAGS.items():
                self.flags |= flag if word in words.plain else 0
        if kind == "enrich":
            if "by" in words.named:
                self.flags &= ~events.PROVIDER_NOT_KNOWN
            if "occurred" in words.named:
                self.facts = self._with(occurred_at=words.time("occurred", 0))
        common["by_role"] = words.named.get("role", "consultant")
        return common


def tell(history: str) -> Chain:
    chain, case = Chain(RULES), AskedCase()
    chain.extend([*genesis(), adoption()])
    for line in lines(history):
        chain.extend(case.records(line))
    return chain


@dataclass(frozen=True)
class AskedLaw(Law):
    """`owed`: the questions that are still asked, one a line."""

    heading = "Asked in the end"
    nothing = "Nothing is asked."

    def __str__(self) -> str:
        return self.title

    def check(self) -> None:
        chain = tell(self.history)
        said = chain.said["signals"]
        chain.check(signals.RULE)
        raised = {one.subject: one for one in said if isinstance(one, SignalRaised | QuestionRaised)}
        standing = [
            _line(raised[subject])
            for case in chain.states["signals"].cases.values()
            for subject, signal in case.signals.items()
            if signal.standing
        ]
        assert sorted(standing) == sorted(lines(self.owed))
        counted = Counter(snake(type(one).__name__) for one in said)
        for line in lines(self.said):
            times, kind = line.split()
            assert counted[kind] == int(times.removesuffix("x")), f"{line}: {dict(counted)}"
        reasons = " ".join(reason for one in said for reason in one.because)
        assert self.because in reasons, reasons


def _line(one: SignalRaised | QuestionRaised) -> str:
    if isinstance(one, QuestionRaised):
        return one.signal
    days = None if one.working_days_to_due is None else f"days_to_due={one.working_days_to_due}"
    late = None if one.days_late is None else f"days_late={one.days_late}"
    marks = ("crossed" if one.crossed else None, "after_breach" if one.after_breach else None)
    return " ".join(filter(None, (one.signal, *marks, days, late)))
