"""A release of ten years with 4,000 never events: from what the rule said to the figures, tables and page."""

import random
import time
from datetime import date

from rules.london import day_of, first_second
from rules.publication.checks import checks
from rules.publication.release import Order, canonical, release
from rules.publication.terms import default
from rules.publication.windows import Window
from schemas.never_event_types import NeverEventCounted, NeverEventProposed
from schemas.outcome_types import Outcome
from sinks.publication.files import drafted_files
from tests.bench.figures import Figure
from tests.bench.progress import Steps

YEARS, EVENTS, PROVIDERS = 10, 4_000, 230
WINDOW = Window(date(2013, 4, 1), date(2023, 3, 31))
_DAY = 86_400_000


def measure(steps: Steps, *, quick: bool) -> list[Figure]:
    number = EVENTS // 10 if quick else EVENTS
    with steps.step(f"release: {number:,} never events over {YEARS} years", 1) as show:
        said, terms = _said(number), default()
        order = Order(WINDOW, "monthly", "chosen_window", first_second(date(2023, 5, 1)))
        began = time.perf_counter()
        one = release(said, order, terms)
        made = time.perf_counter() - began
        passed = checks(one, canonical(release(said[::-1], order, terms)), None)
        drafted_files(one, passed)
        whole = time.perf_counter() - began
        show(1)
    return [
        Figure("release_ten_years_s", made, at_most=2, beside="the figures alone"),
        Figure("release_ten_years_with_checks_and_files_s", whole, beside="made twice, checked, drawn"),
    ]


def _said(number: int) -> list[Outcome]:
    chance = random.Random(7)
    said: list[Outcome] = []
    for event in range(number):
        occurred_at = first_second(WINDOW.first) + chance.randrange(YEARS * 365) * _DAY
        day = day_of(occurred_at)
        version = "2011" if day < date(2015, 4, 1) else "2015" if day < date(2018, 2, 1) else "2018"
        recorded_at = occurred_at + chance.randrange(1, 90) * _DAY
        proposed = NeverEventProposed(
            subject=f"never_event:{event}",
            revision=1,
            case_id=str(event),
            recorded_at=recorded_at,
            cause="report",
            because=(),
            provider=f"R{chance.randrange(PROVIDERS):02d}",
            provider_type="nhs_trust",
            list_version=version,
            type_no=chance.randint(1, 14),
            occurred_at=occurred_at,
            reported_at=occurred_at + _DAY,
            gate="none",
            payment="never",
            by="reporter",
        )
        said.append(proposed)
        fields = {name: getattr(proposed, name) for name in proposed.__struct_fields__ if name != "by"}
        fields |= {"revision": 2, "recorded_at": recorded_at + 10 * _DAY, "confirmed_at": recorded_at}
        said.append(NeverEventCounted(**fields))
    return said
