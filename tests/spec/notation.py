"""The notation of the law: a line for each thing that happened, and one for each duty owed in the end.

    2013-12-20 09:00  report harm=moderate noticed=2013-12-19T22:10
    2014-01-07 11:00  A: told without=apology
    2014-01-09 00:00  tick

A line begins with the London time at which it was recorded (`Z` after it: universal time). `at=` gives the
time it is dated, if it is another. `A:` names a record, so that `retract A` and `again A` can speak of it.
What was `lost` did not reach the log; `again A` brings it.
Grades, patients and providers are carried along from line to line as the door carries them.
"""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from rules import calendar
from rules.candour import policy
from rules.candour.state import Obligation
from rules.identity import obligation_id
from rules.london import LONDON, at, day_of, instant, last_second
from schemas import event_types as events
from schemas.event_types import CaseEvent, CaseFacts, Instant, Patient, Provider, Record
from schemas.outcome_types import Outcome
from sinks.obligation import Known, as_known, fold
from sinks.obligation import Obligation as Row
from tests.spec.partition import Partition

NAMES = UUID("6d1f7f0c-0d2b-4b53-9c38-1f7a54b3a7a1")
DAWN = instant(datetime(2013, 1, 1, tzinfo=UTC))

PROVIDERS = {
    one.code: one
    for one in (
        Provider(code="RXX", type="nhs_trust", nhs_contract=True, scheme_member=True),
        Provider(code="RYY", type="nhs_foundation_trust", nhs_contract=True, scheme_member=True),
        Provider(code="TZA", type="special_health_authority", nhs_contract=True, scheme_member=True),
        Provider(code="NZZ", type="independent_hospital", nhs_contract=True, scheme_member=False),
        Provider(code="PZZ", type="independent_hospital", nhs_contract=False, scheme_member=False),
        Provider(code="VZZ", type="care_home", nhs_contract=False, scheme_member=False),
        Provider(code="GZZ", type="gp_practice", nhs_contract=True, scheme_member=False),
        Provider(code="DZZ", type="dental_practice", nhs_contract=True, scheme_member=False),
        Provider(code="???", type="not_known", nhs_contract=False, scheme_member=False),
    )
}
ELEMENTS = ("in_person", "facts", "enquiries", "apology", "record", "support", "offer")


def identity(name: str) -> str:
    return str(uuid5(NAMES, name))


def moment(text: str) -> Instant:
    """A London wall time, or a universal time ending in Z."""
    if text.endswith("Z"):
        return instant(datetime.fromisoformat(text[:-1]).replace(tzinfo=UTC))
    return instant(datetime.fromisoformat(text).replace(tzinfo=LONDON))


_POLICY = policy.default_content()
_CALENDAR = calendar.default_content()


def genesis(partition: int = 0) -> list[Record]:
    """The policy and the calendar that stand first in every partition."""
    version, content = _POLICY
    return [
        events.PolicyAdopted(
            partition=partition,
            event_id=identity("policy"),
            recorded_at=DAWN,
            rule="candour",
            version=version,
            sha256=calendar.fingerprint(content),
            content=content,
        ),
        calendar_of(*_CALENDAR, recorded_at=DAWN, partition=partition),
    ]


def calendar_of(
    version: str, content: str, *, recorded_at: Instant, partition: int = 0
) -> events.CalendarAdopted:
    return events.CalendarAdopted(
        partition=partition,
        event_id=identity(f"calendar {version}"),
        recorded_at=recorded_at,
        version=version,
        sha256=hashlib.sha256(content.encode()).hexdigest(),
        content=content,
    )


def altered_calendar(
    version: str, *, without: tuple[str, ...] = (), more: tuple[str, ...] = (), to: str | None = None
) -> str:
    """The calendar in use, less some holidays, with some more, or ending earlier."""
    fields = json.loads(_CALENDAR[1])
    holidays = [one for one in fields["holidays"] if one["date"] not in without]
    holidays += [{"date": day, "title": "Proclaimed"} for day in more]
    if to is not None:
        fields["covers_to"] = to
        holidays = [one for one in holidays if one["date"] <= to]
    return calendar.canonical({**fields, "version": version, "holidays": holidays})


def ticks(as_of: Instant, partition: int = 0) -> events.ClockTick:
    return events.ClockTick(partition=partition, as_of=as_of, event_id=identity(f"tick {partition} {as_of}"))


@dataclass
class Words:
    """The rest of a line: plain words, and `name=value`."""

    plain: list[str]
    named: dict[str, str]

    @classmethod
    def of(cls, text: str) -> "Words":
        words = text.split()
        named = dict(word.split("=", 1) for word in words if "=" in word)
        return cls([word for word in words if "=" not in word], named)

    def list(self, name: str) -> tuple[str, ...]:
        return tuple(filter(None, self.named.get(name, "").split(",")))

    def time(self, name: str, otherwise: Instant) -> Instant:
        return moment(self.named[name]) if name in self.named else otherwise


@dataclass
class Case:
    """Tells one case to a partition, line by line, carrying its facts along as the door does."""

    name: str = "case"
    facts: CaseFacts | None = None
    potential: str = "not_known"
    flags: int = 0
    labels: dict[str, Record] = field(default_factory=dict)
    facts_before: dict[str, CaseFacts] = field(default_factory=dict)
    lines: int = 0

    @property
    def case_id(self) -> str:
        return identity(self.name)

    def records(self, line: str) -> list[Record]:
        """The records of the log that one line stands for."""
        day, clock, text = line.strip().split(maxsplit=2)
        recorded_at = moment(f"{day}T{clock}")
        label, colon, rest = text.partition(": ")
        if colon and label.isalnum():
            text = rest
        else:
            label = ""
        kind, _, rest = text.partition(" ")
        words = Words.of(rest)
        self.lines += 1
        if kind == "tick":
            return [ticks(recorded_at)]
        if kind == "calendar":
            version = words.plain[0] if words.plain else "proclaimed"
            content = altered_calendar(
                version,
                without=words.list("without"),
                more=words.list("more"),
                to=words.named.get("to"),
            )
            return [calendar_of(version, content, recorded_at=recorded_at)]
        if kind == "again":
            return [self.labels[words.plain[0]]]
        record = getattr(self, f"_{kind}")(words, self._common(kind, words, recorded_at))
        if label:
            self.labels[label] = record
        return [] if "lost" in words.plain else [record]

    def _common(self, kind: str, words: Words, recorded_at: Instant) -> dict[str, Any]:
        if kind == "report":
            self.facts = self._first_facts(words, recorded_at)
            self.potential = words.named.get("potential", "not_known")
            self.flags = events.MAY_STILL_FOLLOW if "may_still_follow" in words.plain else 0
        assert self.facts is not None, "a case begins with its report"
        return {
            "event_id": identity(f"{self.name} {self.lines}"),
            "case_id": self.case_id,
            "at": words.time("at", recorded_at),
            "recorded_at": recorded_at,
            "by_role": "",
        }

    def _first_facts(self, words: Words, recorded_at: Instant) -> CaseFacts:
        reported_at = words.time("reported", recorded_at)
        harm, mind = words.named.get("harm", "not_known"), words.named.get("mind", "not_known")
        patients = []
        for one in words.list("patients") or (f"p1:{harm}",):
            ref, _, grade = one.partition(":")
            relation, _, why = words.named.get("relation", "patient").partition(":")
            patients.append(
                Patient(
                    ref=ref,
                    physical=grade or harm,  # type: ignore[arg-type]
                    psychological=mind,  # type: ignore[arg-type]
                    relation=relation,  # type: ignore[arg-type]
                    why=why or None,  # type: ignore[arg-type]
                )
            )
        return CaseFacts(
            kind=words.named.get("kind", "incident"),  # type: ignore[arg-type]
            reported_at=reported_at,
            aware_at=words.time("noticed", reported_at),
            aware_assumed="noticed" not in words.named,
            occurred_at=words.time("occurred", 0) or None,
            providers=tuple(PROVIDERS[code] for code in words.list("by") or ("RXX",)),
            patients=tuple(patients),
        )

    def _event(self, kind: type[CaseEvent], common: dict[str, Any], **fields: Any) -> CaseEvent:
        assert self.facts is not None
        grades = [grade for one in self.facts.patients for grade in (one.physical, one.psychological)]
        return kind(
            harm=policy.worst(*grades),
            potential=self.potential,  # type: ignore[arg-type]
            flags=self.flags,
            facts=self.facts,
            **common,
            **fields,
        )

    def _follow_up(
        self, kind: type[CaseEvent], words: Words, common: dict[str, Any], **fields: Any
    ) -> Record:
        return self._event(
            kind,
            common,
            patient=words.named.get("patient"),
            provider=words.named.get("provider"),
            obligation_id=self._obligation(words.named["of"]) if "of" in words.named else None,
            **fields,
        )

    def _obligation(self, text: str) -> str:
        """`tell/SC35_2013` or `tell/SC35_2013/p2/NZZ`"""
        duty, instrument, *rest = text.split("/")
        assert self.facts is not None
        patient = rest[0] if rest else self.facts.patients[0].ref
        provider = rest[1] if len(rest) > 1 else self.facts.providers[0].code
        return obligation_id(self.case_id, patient, provider, duty, instrument)

    # -- the words of the notation ---------------------------------------------------------------------------

    def _report(self, words: Words, common: dict[str, Any]) -> Record:
        assert self.facts is not None
        return self._event(events.Reported, common | {"at": self.facts.reported_at}, reporter_role="nurse")

    def _enrich(self, words: Words, common: dict[str, Any]) -> Record:
        assert self.facts is not None
        self.facts_before[common["event_id"]] = self.facts
        changed = []
        if "noticed" in words.named:
            self.facts = self._with(aware_at=moment(words.named["noticed"]), aware_assumed=False)
            changed.append("noticed_at")
        if "by" in words.named:
            self.facts = self._with(providers=tuple(PROVIDERS[code] for code in words.list("by")))
            changed.append("provider")
        if "relation" in words.named:
            relation, _, why = words.named["relation"].partition(":")
            patients = tuple(_replace(one, relation=relation, why=why or None) for one in self.facts.patients)
            self.facts = self._with(patients=patients)
            changed.append("relevant_person")
        if "may_still_follow" in words.plain:
            self.flags |= events.MAY_STILL_FOLLOW
            changed.append("harm_may_still_follow")
        return self._event(events.Enriched, common, changed=tuple(changed))

    def _with(self, **fields: Any) -> CaseFacts:
        facts: CaseFacts = _replace(self.facts, **fields)
        return facts

    def _regrade(self, words: Words, common: dict[str, Any]) -> Record:
        """`regrade low moderate patient=p2`; `mind` for the psychological axis."""
        assert self.facts is not None
        before, after = words.plain[:2]
        axis = "psychological" if "mind" in words.plain else "physical"
        ref = words.named.get("patient")
        self.facts_before[common["event_id"]] = self.facts
        self.facts = self._with(
            patients=tuple(
                _replace(one, **{axis: after}) if ref in (None, one.ref) else one
                for one in self.facts.patients
            )
        )
        return self._follow_up(
            events.HarmRegraded,
            words,
            common,
            axis=axis,
            from_grade=before,
            to_grade=after,
            second_person_role=words.named.get("second"),
        )

    def _told(self, words: Words, common: dict[str, Any]) -> Record:
        """`told` is everything that any instrument asks for; `without=` leaves some out."""
        given = {element: element not in words.list("without") for element in ELEMENTS}
        return self._follow_up(
            events.RelevantPersonNotified,
            words,
            common,
            in_person=given["in_person"],
            facts_given=given["facts"],
            enquiries=given["enquiries"],
            apology=given["apology"],
            written_record=given["record"],
            support_offered=given["support"],
            written_notification_offered=given["offer"],
        )

    def _letter(self, words: Words, common: dict[str, Any]) -> Record:
        """`letter facts enquiries apology results`"""
        return self._follow_up(
            events.WrittenNotificationSent,
            words,
            common,
            facts_given="facts" in words.plain,
            enquiries="enquiries" in words.plain,
            results="results" in words.plain,
            apology="apology" in words.plain,
        )

    def _attempt(self, words: Words, common: dict[str, Any]) -> Record:
        result = words.plain[0] if words.plain else "no_answer"
        return self._follow_up(events.ContactAttempted, words, common, means="telephone", result=result)

    def _declined(self, words: Words, common: dict[str, Any]) -> Record:
        return self._follow_up(events.ContactDeclined, words, common, by="relevant_person")

    def _determined(self, words: Words, common: dict[str, Any]) -> Record:
        """`determined yes`; `but=no` for criteria that say otherwise; `limb=…`"""
        decision = words.plain[0] == "yes"
        criteria = words.named.get("but", words.plain[0]) == "yes"
        return self._follow_up(
            events.NotifiableDeterminationRecorded,
            words,
            common,
            decision=decision,
            unexpected=True,
            regulated_activity=True,
            harm_test=criteria,
            limb=words.named.get("limb"),
        )

    def _stand_down(self, words: Words, common: dict[str, Any]) -> Record:
        return self._follow_up(
            events.ObligationStoodDown,
            words,
            common,
            never_notifiable="never" in words.plain,
            second_person_role=words.named.get("second"),
        )

    def _family(self, words: Words, common: dict[str, Any]) -> Record:
        said = words.plain[0]
        return self._follow_up(
            events.FamilyAccountGiven, words, common, told=said == "told", not_clear=said == "not_clear"
        )

    def _explained(self, words: Words, common: dict[str, Any]) -> Record:
        return self._follow_up(events.StepByStepExplanationGiven, words, common)

    def _investigated(self, words: Words, common: dict[str, Any]) -> Record:
        return self._follow_up(events.InvestigationCompleted, words, common)

    def _findings(self, words: Words, common: dict[str, Any]) -> Record:
        return self._follow_up(events.FindingsShared, words, common)

    def _support(self, words: Words, common: dict[str, Any]) -> Record:
        return self._follow_up(events.SupportOffered, words, common)

    def _feedback(self, words: Words, common: dict[str, Any]) -> Record:
        """`feedback changed`: what came of it, as whoever reported is told"""
        return self._event(events.FeedbackGiven, common, outcome=words.plain[0])

    def _opt_in(self, words: Words, common: dict[str, Any]) -> Record:
        return self._follow_up(events.CandourOptedIn, words, common)

    def _linked(self, words: Words, common: dict[str, Any]) -> Record:
        """`linked duplicate harm=moderate reported=… noticed=…` of the other case"""
        reported_at = words.time("reported", common["recorded_at"])
        return self._event(
            events.CaseLinked,
            common,
            side=words.plain[0],
            other_case_id=identity("other case"),
            other_harm=words.named.get("harm", "moderate"),
            other_reported_at=reported_at,
            other_aware_at=words.time("noticed", reported_at),
        )

    def _retract(self, words: Words, common: dict[str, Any]) -> Record:
        mistaken = self.labels[words.plain[0]]
        assert isinstance(mistaken, CaseEvent)
        if mistaken.event_id in self.facts_before:
            self.facts = self._without(mistaken, self.facts_before[mistaken.event_id])
        return self._event(events.EventRetracted, common, retracted_event_id=mistaken.event_id)

    def _without(self, mistaken: CaseEvent, before: CaseFacts) -> CaseFacts:
        """A regrade takes back what followed it too; an enrichment what it changed, and nobody did since."""
        assert self.facts is not None
        if not isinstance(mistaken, events.Enriched):
            return before
        facts, changed = self.facts, mistaken.facts
        if facts.aware_at == changed.aware_at:
            facts = _replace(facts, aware_at=before.aware_at, aware_assumed=before.aware_assumed)
        if facts.providers == changed.providers:
            facts = _replace(facts, providers=before.providers)
        then, was = (
            {one.ref: (one.relation, one.why) for one in each.patients} for each in (changed, before)
        )
        patients = tuple(
            _replace(one, relation=was[one.ref][0], why=was[one.ref][1])
            if (one.relation, one.why) == then[one.ref]
            else one
            for one in facts.patients
        )
        restored: CaseFacts = _replace(facts, patients=patients)
        return restored


def _replace(record: Any, **fields: Any) -> Any:
    return type(record)(**{name: getattr(record, name) for name in record.__struct_fields__} | fields)


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines() if line.strip()]


def day(when: Instant | None) -> str:
    """A day, where the time is its last second; else the time."""
    if when is None:
        return "-"
    whole = when == last_second(day_of(when))
    return f"{day_of(when)}" if whole else f"{at(when):%Y-%m-%dT%H:%M}"


def described(obligation: Obligation, names: tuple[str, ...], several: bool, row: Row | None = None) -> str:
    """`tell SC35_2013 met due=2014-01-08`: state, what is asked for in `names`, what stands beside.

    `row`: as it is read, for `aware` and `relation`.
    """
    who = f" {obligation.patient} {obligation.provider}" if several else ""
    unsettled = obligation.status in ("provisional", "open")
    state = "breached" if obligation.breached and unsettled else obligation.status
    values = {"due": obligation.due_at, "target": obligation.target_at, "starts": obligation.starts_at}
    shown = "".join(f" {name}={day(values[name])}" for name in ("due", "target", "starts") if name in names)
    if row is not None and "aware" in names:
        shown += f" aware={day(row.aware_at)}" + (":assumed" if row.aware_assumed else "")
    if row is not None and "relation" in names:
        shown += f" relation={row.relation}" + (f":{row.relation_why}" if row.relation_why else "")
    beside = " breach-stands" if obligation.breached and not unsettled else ""
    return f"{obligation.duty} {obligation.instrument}{who} {state}{shown}{beside}" + (
        " disputed" if obligation.disputed else ""
    )


@dataclass(frozen=True)
class Told:
    """A history told to its end."""

    partition: Partition
    case_id: str
    last: list[Outcome]

    def obligations(self) -> list[Obligation]:
        return list(self.partition.state.case(self.case_id).obligations.values())

    def row(self, obligation: Obligation) -> Row:
        """As the read model has it."""
        row = fold(one for one in self.partition.said if one.subject == obligation.id)
        assert row is not None, "it was opened"
        of_case = [one for one in self.partition.log if isinstance(one, CaseEvent)]
        facts = of_case[-1].facts
        known = Known(aware_at=facts.aware_at, aware_assumed=facts.aware_assumed, patients=facts.patients)
        mistakes = {one.retracted_event_id for one in of_case if isinstance(one, events.EventRetracted)}
        for one in of_case:
            if isinstance(one, events.CaseLinked) and one.side == "primary" and one.event_id not in mistakes:
                known = known.linked(one.other_reported_at, one.other_aware_at)
        return as_known(row, known)


def tell(history: str) -> Told:
    partition, case = Partition(), Case()
    for record in genesis():
        partition.append(record)
    last: list[Outcome] = []
    for line in lines(history):
        for record in case.records(line):
            last = partition.append(record)
    return Told(partition, case.case_id, last)
