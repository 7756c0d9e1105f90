"""Never events on the ledger and the releases made of them, in the notation of the law.

2014-05-06 10:00  A recorded RXX 2011/1 on=2014-05-03
2014-05-20 10:00  A counted
2014-06-02 10:00  A moved 2011/3 on=2014-04-28 to=RYY
2014-06-10 10:00  A withdrawn rejected
2014-06-11 10:00  B quarantined
2014-08-30 00:00  tick

A release falls due by the policy; `r2` is the second of its financial year. A director signs each when it
falls due, but between `director away` and `director back`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from rules.publication.drafting import due
from rules.publication.release import Release, canonical, fingerprint, instant_of
from rules.publication.succession import Made, Signature
from rules.publication.terms import Terms, default
from rules.publication.windows import Adopted, Window, timetable
from schemas import never_event_types as ledger
from schemas.event_types import Instant, Provider
from schemas.outcome_types import CaseQuarantined, Outcome
from tests.spec.law import Law
from tests.spec.notation import PROVIDERS, lines, moment

TERMS = default()
FOR_EVER = 2**62


@dataclass(frozen=True)
class Published:
    said: list[Outcome]
    releases: list[Release]


class Book:
    """Says what the never-events rule would say."""

    def __init__(self) -> None:
        self.said: list[Outcome] = []
        self._entries: dict[str, dict[str, Any]] = {}
        self._revisions: dict[str, int] = {}

    def line(self, when: Instant, name: str, what: str, words: list[str]) -> None:
        named = dict(word.split("=", 1) for word in words if "=" in word)
        plain = [word for word in words if "=" not in word]
        match what:
            case "recorded":
                provider = PROVIDERS[plain[0]]
                entry = _at(provider) | {"reported_at": when}
                entry |= {"gate": "none", "payment": "not_known", "occurred_at": None, "type_no": None}
                self._entries[name] = entry | {"list_version": "2011"} | _changes(plain[1:], named)
                self._say(ledger.NeverEventProposed, name, when, by="reporter", **self._entries[name])
            case "counted":
                self._say(ledger.NeverEventCounted, name, when, confirmed_at=when, **self._entries[name])
            case "moved":
                before = self._entries[name]
                earlier = {f"earlier_{field}": before.get(field) for field in _PLACE} | {
                    "earlier_counted": True
                }
                self._entries[name] = before | _changes(plain, named)
                fields = {**self._entries[name], **earlier, "counted": True}
                self._say(ledger.NeverEventRestated, name, when, **fields)
            case "withdrawn":
                self._say(ledger.NeverEventWithdrawn, name, when, why=plain[0])
            case "quarantined":
                said: dict[str, Any] = {"rule": "never_events", "error": "stumbled", "source_offset": 0}
                said |= {"case_id": name, "recorded_at": when, "cause": name, "because": ()}
                self.said.append(CaseQuarantined(subject=f"case:{name}", revision=1, **said))

    def _say(self, kind: type[Outcome], name: str, when: Instant, **fields: Any) -> None:
        self._revisions[name] = self._revisions.get(name, 0) + 1
        common: dict[str, Any] = {
            "subject": f"never_event:{name}",
            "case_id": name,
            "revision": self._revisions[name],
        }
        common |= {"recorded_at": when, "cause": name, "because": ()}
        self.said.append(kind(**common, **fields))


_PLACE = ("provider", "list_version", "type_no", "subtype", "occurred_at")


def _changes(plain: list[str], named: dict[str, str]) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    for kind in plain:
        version, _, number = kind.partition("/")
        changed |= {"list_version": version, "type_no": int(number) if number else None}
    if "on" in named:
        changed["occurred_at"] = moment(named["on"] if "T" in named["on"] else f"{named['on']}T12:00")
    if "sub" in named:
        changed["subtype"] = named["sub"]
    if "to" in named:
        changed |= _at(PROVIDERS[named["to"]])
    return changed


def _at(provider: Provider) -> dict[str, Any]:
    contract = None if provider.type == "not_known" else provider.nhs_contract
    return {"provider": provider.code, "provider_type": provider.type, "nhs_contract": contract}


def publish(history: str, *policies: Adopted) -> Published:
    """All releases due from the first line of the history to the last, made as the log grows."""
    book = Book()
    times: list[Instant] = []
    away: list[tuple[Instant, Instant]] = []
    for line in lines(history):
        day, clock, *words = line.split()
        times.append(moment(f"{day}T{clock}"))
        match words:
            case ["tick" | "begins"]:
                pass
            case ["director", "away"]:
                away.append((times[-1], FOR_EVER))
            case ["director", "back"]:
                away[-1] = (away[-1][0], times[-1])
            case [name, what, *rest]:
                book.line(times[-1], name, what, rest)
    adopted = policies or (Adopted(TERMS.policy, times[0]),)
    return Published(book.said, releases(book.said, adopted, times[-1], away))


def releases(
    said: list[Outcome],
    adopted: Sequence[Adopted],
    until: Instant,
    away: Sequence[tuple[Instant, Instant]] = (),
) -> list[Release]:
    """Signed as they fall due, but in the stretches in which the director is away."""
    made: list[Release] = []
    known: list[Made] = []
    signatures: list[Signature] = []
    for plan, policy in timetable(adopted, until):
        terms = Terms(policy, TERMS.lists)
        for one in list(due(said, plan, known, signatures, terms)):
            made.append(one)
            known.append(as_made(one, terms))
            if not any(first <= plan.as_of < last for first, last in away):
                signatures.append(Signature(plan.as_of, one.id, one.id, known[-1].sha256))
    return made


def as_made(one: Release, terms: Terms) -> Made:
    window = Window(date.fromisoformat(one.window_from), date.fromisoformat(one.window_to))
    sha256 = fingerprint(canonical(one))
    as_of = instant_of(one.as_of)
    return Made(one.id, window, as_of, one.revision, one.supersedes, sha256, stopped=False, terms=terms)


@dataclass(frozen=True)
class ReleaseLaw(Law):
    """`owed`: releases in order, one a line, with the months that are not nought and why totals moved."""

    heading = "Released"
    nothing = "Nothing is released."

    def check(self) -> None:
        found = publish(self.history)
        named = lines(self.owed)
        assert [described(one) for one in found.releases] == named


def described(one: Release) -> str:
    totals = one.totals
    about = [one.year, f"r{one.revision}", one.cadence if one.kind == "year_to_date" else "revised"]
    about += ["to", f"{one.window_to}:", f"{totals.count}"]
    about += [f"(+{totals.under_review} under review)"] if totals.under_review else []
    about += [f"{month.code}={month.count}" for month in one.by_month if month.count]
    moved = [
        f"{why.change:+d} {why.reason}"
        for change in one.changes
        if change.table == "totals" and change.measure == "meets_definition"
        for why in change.because
    ]
    return " ".join([*about, *([f"[{', '.join(moved)}]"] if moved else [])])
