"""Reports as a country sends them: 370 bytes with the key, nine in ten below the threshold, 2013 to 2026.

A few thousand are encoded by the codec; each record on the log is one of them under ids of its own, put in
where the codec would have put them. Two records with the same number and seed are the same.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from producers.adoption import PATTERNS
from rules.calendar import default_content as calendar_content
from rules.calendar import fingerprint
from rules.candour.policy import RANK, worst
from rules.defaults import DEFAULTS
from schemas.codec import Codec
from schemas.event_types import (
    CalendarAdopted,
    CaseFacts,
    ClockTick,
    Grade,
    Kind,
    Patient,
    PolicyAdopted,
    Provider,
    Record,
    Reported,
)

HOUR, DAY = 3_600_000, 86_400_000
FIRST = 1_364_770_800_000  # 2013-04-01 in London
LAST = 1_780_000_000_000  # 2026-05-28
TEMPLATES = 10_000
_EVENT, _CASE = "e" * 36, "c" * 36

PROVIDERS = (
    Provider(code="RXX", type="nhs_trust", nhs_contract=True, scheme_member=True),
    Provider(code="RYY", type="nhs_foundation_trust", nhs_contract=True, scheme_member=True),
    Provider(code="NZZ", type="independent_hospital", nhs_contract=True, scheme_member=False),
    Provider(code="VZZ", type="care_home", nhs_contract=False, scheme_member=False),
)
_SHARES = (45, 40, 8, 7)
GRADES: tuple[Grade, ...] = ("none", "low", "moderate", "severe", "fatal")
GRAVITY = (68, 22, 7, 2, 1)
_COULD_HAVE_BEEN = (30, 40, 20, 7, 3)
_ROLES = (
    "registered nurse, acute medical unit",
    "community midwife",
    "specialist registrar in emergency medicine",
    "ward clerk",
    "clinical pharmacist",
)


class OnWire(NamedTuple):
    key: bytes
    value: bytes


@dataclass
class Mix:
    """`relevant`: only reports at or above the threshold, of the last day; each opens one duty."""

    codec: Codec
    seed: int = 1
    relevant: bool = False

    def __post_init__(self) -> None:
        chance = random.Random(self.seed)
        self._templates = [self._template(chance, n) for n in range(TEMPLATES)]

    def records(self, number: int) -> Iterator[OnWire]:
        """So many reports, each of a case of its own, in the order of their times."""
        bits = random.Random(self.seed + 1).getrandbits
        templates, count = self._templates, len(self._templates)
        for n in range(number):
            head, middle, tail = templates[n * count // number]
            case = _uuid(bits(128))
            yield OnWire(case, b"".join((head, _uuid(bits(128)), middle, case, tail)))

    def _template(self, chance: random.Random, number: int) -> tuple[bytes, bytes, bytes]:
        first = LAST - DAY if self.relevant else FIRST
        when = first + (LAST - first) * number // TEMPLATES + chance.randrange(HOUR)
        encoded = self.codec.encode(report(chance, when, _EVENT, _CASE, relevant=self.relevant))
        head, _, rest = encoded.partition(_EVENT.encode())
        middle, _, tail = rest.partition(_CASE.encode())
        return head, middle, tail


def report(
    chance: random.Random, when: int, event_id: str, case_id: str, *, relevant: bool = False
) -> Reported:
    weights = (0, 0, *GRAVITY[2:]) if relevant else GRAVITY
    physical = chance.choices(GRADES, weights)[0]
    psychological = chance.choice(GRADES[: min(RANK[physical], 3)])
    known = 2 if relevant else len(PROVIDERS)
    noticed = when - chance.randrange(1, 48) * HOUR
    kind: Kind = "incident" if relevant or chance.random() < 0.95 else "near_miss"
    several = 2 if chance.random() < 0.3 and not relevant else 1
    patient = Patient(ref="p1", physical=physical, psychological=psychological, relation="patient")
    facts = CaseFacts(
        kind=kind,
        reported_at=when,
        aware_at=noticed,
        aware_assumed=False,
        occurred_at=noticed - chance.randrange(12) * HOUR,
        providers=tuple(dict.fromkeys(chance.choices(PROVIDERS[:known], _SHARES[:known], k=several))),
        patients=(patient,),
    )
    return Reported(
        harm=worst(physical, psychological),
        potential=_potential(chance, kind),
        flags=0,
        event_id=event_id,
        case_id=case_id,
        at=when,
        recorded_at=when + 2000,
        by_role="reporter",
        facts=facts,
        ward_ref=f"{chance.getrandbits(256):064x}",
        reporter_role=chance.choice(_ROLES),
        narrative_hash=f"{chance.getrandbits(256):064x}",
    )


def _potential(chance: random.Random, kind: Kind) -> Grade:
    """Asked of near misses; otherwise most do not say what could have come of it."""
    if kind != "near_miss" and chance.random() < 0.9:
        return "not_known"
    return chance.choices(GRADES, _COULD_HAVE_BEEN)[0]


def adoptions(partition: int, recorded_at: int = FIRST - DAY) -> list[Record]:
    """The policies and the calendar, which stand before everything else in a partition."""
    calendar, days = calendar_content()
    policies: list[Record] = []
    for rule, content in DEFAULTS.items():
        if rule == PATTERNS:  # it hears the wards
            continue
        version, law = content()
        policies.append(
            PolicyAdopted(
                partition=partition,
                event_id=f"policy-{rule}-{partition}",
                recorded_at=recorded_at,
                rule=rule,
                version=version,
                sha256=fingerprint(law),
                content=law,
            )
        )
    return [
        *policies,
        CalendarAdopted(
            partition=partition,
            event_id=f"calendar-{partition}",
            recorded_at=recorded_at,
            version=calendar,
            sha256=fingerprint(days),
            content=days,
        ),
    ]


def tick(partition: int, as_of: int = LAST) -> ClockTick:
    return ClockTick(partition=partition, as_of=as_of, event_id=f"tick-{as_of}-{partition}")


def uuid_text(number: int) -> str:
    digits = f"{number:032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def _uuid(number: int) -> bytes:
    return uuid_text(number).encode()
