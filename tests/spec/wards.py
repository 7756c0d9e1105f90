"""The notation of patterns: a line for each record of a ward, one for each pattern that stands in the end.

    2014-01-06 09:00  reports 5 ward=w1 every=1d
    2014-01-20 09:00  report A ward=w1 harm=none
    2014-02-20 09:00  tick

`reports` is several reports of one kind, with cases `r1`, `r2`, …; `tick` is time that has passed. A line
about a case that was reported before says how it stands now.
"""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from rules.identity import name_based
from rules.patterns import RULE, policy
from rules.patterns.state import State
from rules.rule import outcome_id
from schemas.codec import Codec
from schemas.contracts import snake
from schemas.event_types import Instant, PolicyAdopted, Record
from schemas.outcome_types import CaseQuarantined, Outcome
from schemas.pattern_types import PatternFound, PatternOver, PatternRestated
from schemas.ward_events import (
    AlertDeclaredComplete,
    WardCaseClosed,
    WardEventRetracted,
    WardReported,
    WardReportWithdrawn,
)
from tests.spec.law import Law
from tests.spec.notation import DAWN, NAMES, Words, identity, lines, moment, ticks

CODEC = Codec.local()
UNITS = {"d": policy.DAY, "h": policy.HOUR, "m": 60_000}


def adoption(partition: int = 0) -> PolicyAdopted:
    version, content = policy.default_content()
    return PolicyAdopted(
        partition=partition,
        event_id=identity("patterns policy"),
        recorded_at=DAWN,
        rule="patterns",
        version=version,
        sha256=hashlib.sha256(content.encode()).hexdigest(),
        content=content,
    )


@dataclass
class Wards:
    """What the lines say, and what the rule says of it: a plain fold, no engine, no Kafka."""

    state: State = field(default_factory=State)
    log: list[Record] = field(default_factory=list)
    said: list[Outcome] = field(default_factory=list)
    cases: dict[str, WardReported] = field(default_factory=dict)
    count: int = 0

    def __post_init__(self) -> None:
        self.append(adoption())

    def append(self, record: Record) -> None:
        said = RULE.decide(self.state, record, (), len(self.log))
        for outcome in said:
            RULE.evolve(self.state, outcome)
        self.log.append(record)
        self.said += said

    def tell(self, history: str) -> "Wards":
        for line in lines(history):
            for record in self.records(line):
                self.append(record)
        return self

    def records(self, line: str) -> list[Record]:
        day, clock, text = line.split(maxsplit=2)
        at = moment(f"{day}T{clock}")
        kind, _, rest = text.partition(" ")
        words = Words.of(rest)
        if kind == "again":
            return [self.log[int(words.plain[0]) if words.plain else -1]]
        return list(getattr(self, f"_{kind}")(words, at))

    def stands(self) -> list[str]:
        """A line for each pattern that stands and each ward or provider that is quiet."""
        found = []
        latest: dict[str, Any] = {}
        for outcome in self.said:
            if isinstance(outcome, PatternFound | PatternRestated | PatternOver):
                latest[outcome.subject] = outcome
        for provider, known in self.state.providers.items():
            for subject, pattern in known.patterns.items():
                if pattern.standing:
                    found.append(_line(provider, subject, latest[subject], pattern.alert_id))
            for ward, heard in known.heard.items():
                if heard.quiet:
                    found.append(f"{provider} quiet {f'ward {ward}' if ward else 'provider'}")
        return found

    # -- the words of the notation ---------------------------------------------------------------------------

    def _tick(self, words: Words, at: Instant) -> list[Record]:
        return [ticks(at)]

    def _report(self, words: Words, at: Instant) -> list[Record]:
        """`report A ward=w1 harm=low potential= type= factors= kind= by= at=`"""
        name = words.plain[0]
        before = self.cases.get(name)
        self.count += 1
        fields: dict[str, Any] = {
            "ward_ref": words.named.get("ward"),
            "harm": words.named.get("harm", "low"),
            "potential": words.named.get("potential", "not_known"),
            "incident_type": words.named.get("type"),
            "factors": words.list("factors"),
            "kind": words.named.get("kind", "incident"),
        }
        case_id = identity(f"case {name}")
        record = WardReported(
            event_id=identity(f"ward event {self.count}"),
            provider=words.named.get("by", "RXX"),
            case_id=case_id,
            case_event_id=identity(f"case event {self.count}"),
            at=words.time("at", before.at if before else at),
            recorded_at=at,
            version=before.version + 1 if before else 1,
            **fields,
        )
        self.cases[name] = record
        return [record]

    def _reports(self, words: Words, at: Instant) -> list[Record]:
        every = words.named.pop("every", "1d")
        step = int(every[:-1]) * UNITS[every[-1]]
        found = []
        for number in range(int(words.plain[0])):
            name = f"r{len(self.cases) + 1}"
            found += self._report(Words([name], words.named), at + number * step)
        return found

    def _withdraw(self, words: Words, at: Instant) -> list[Record]:
        """`withdraw A duplicate`"""
        name, why = words.plain
        before = self.cases[name] = replace(self.cases[name], version=self.cases[name].version + 1)
        return [
            WardReportWithdrawn(
                event_id=name_based(NAMES, f"withdrawn {name} {before.version}"),
                provider=before.provider,
                ward_ref=before.ward_ref,
                case_id=before.case_id,
                case_event_id=identity(f"withdrawal {name} {before.version}"),
                at=before.at,
                recorded_at=at,
                version=before.version,
                why=why,  # type: ignore[arg-type]
            )
        ]

    def _close(self, words: Words, at: Instant) -> list[Record]:
        """`close 10 every=5m`: closings c1, c2, …"""
        every = words.named.get("every", "1m")
        step = int(every[:-1]) * UNITS[every[-1]]
        found: list[Record] = []
        for _ in range(int(words.plain[0]) if words.plain else 1):
            self.count += 1
            found.append(
                WardCaseClosed(
                    event_id=identity(f"ward event {self.count}"),
                    provider=words.named.get("by", "RXX"),
                    case_id=identity(f"closed case {self.count}"),
                    case_event_id=identity(f"closing {self.count}"),
                    at=at + len(found) * step,
                    recorded_at=at + len(found) * step,
                    how="stood_down",
                )
            )
        return found

    def _retract(self, words: Words, at: Instant) -> list[Record]:
        """The newest closing was entered by mistake."""
        closing = next(one for one in reversed(self.log) if isinstance(one, WardCaseClosed))
        return [
            WardEventRetracted(
                event_id=identity(f"retraction {closing.event_id}"),
                provider=closing.provider,
                case_id=closing.case_id,
                case_event_id=identity(f"retraction of {closing.event_id}"),
                at=at,
                recorded_at=at,
                retracted_event_id=closing.case_event_id,
            )
        ]

    def _alert(self, words: Words, at: Instant) -> list[Record]:
        """`alert A-1 type=medication factors=staffing`; `alert A-1 back` takes it back."""
        self.count += 1
        return [
            AlertDeclaredComplete(
                event_id=identity(f"alert {self.count}"),
                provider=words.named.get("by", "RXX"),
                alert_id=words.plain[0],
                incident_type=words.named.get("type"),
                factors=words.list("factors"),
                at=words.time("at", at),
                recorded_at=at,
                by_role="safety",
                withdrawn="back" in words.plain,
            )
        ]


def _line(provider: str, subject: str, latest: Any, alert_id: str | None) -> str:
    kind = subject.split("|")[1]
    if kind == "repeat":
        return f"{provider} repeat {alert_id}"
    if kind == "bulk_closing":
        return f"{provider} bulk_closing {latest.count}"
    _, _, grain, ref = subject.split("|", 3)
    return f"{provider} cluster {grain} {ref} {latest.count}"


@dataclass(frozen=True)
class WardLaw(Law):
    """`owed`: every pattern that stands in the end, one a line. `said`: what came of it, counted."""

    heading = "What stands in the end"
    nothing = "No pattern stands."

    def __str__(self) -> str:
        return self.title

    def check(self) -> None:
        wards = Wards().tell(self.history)
        assert not [one for one in wards.said if isinstance(one, CaseQuarantined)]
        assert sorted(wards.stands()) == sorted(lines(self.owed))
        if self.said:
            kinds = [snake(type(one).__name__) for one in wards.said]
            for line in lines(self.said):
                times, kind = line.split()
                assert kinds.count(kind) == int(times.removesuffix("x")), (line, kinds)
        if self.because:
            reasons = " ".join(reason for one in wards.said for reason in one.because)
            assert self.because in reasons, reasons
        check(wards)


def check(wards: Wards) -> None:
    """What was said fits its contracts, tells the whole state, and has ids of its own."""
    again = State()
    for outcome in wards.said:
        heard = CODEC.decode(CODEC.encode(outcome))
        assert isinstance(heard, Outcome)
        RULE.evolve(again, heard)
    assert again == wards.state
    ids = [outcome_id("patterns", outcome) for outcome in wards.said]
    assert len(ids) == len(set(ids))
