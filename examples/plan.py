"""How many reports of which kind, when, where, and what is recorded after them."""

from dataclasses import dataclass, field
from datetime import date

from examples import courses as c
from examples.courses import Course
from examples.draft import Body

Span = tuple[date, date]

BEFORE: Span = date(2013, 1, 7), date(2013, 3, 25)  # nothing binds a provider yet
CONTRACT: Span = date(2013, 4, 2), date(2014, 11, 20)  # Service Condition 35 alone
BOTH: Span = date(2014, 11, 28), date(2015, 3, 24)  # contract, and Regulation 20 for health service bodies
REG20: Span = date(2015, 4, 2), date(2025, 12, 5)  # Regulation 20 for everybody
LATELY: Span = date(2026, 1, 5), date(2026, 4, 30)
FOR_EVER = date.max

BELOW = ("none", "low")
HARMED = ("moderate", "moderate", "severe")
WORST = ("moderate", "severe", "fatal")
HOSPITAL = ("hospital",)
OTHERS = ("independent", "care_home", "gp", "dental", "hospice")
ANYWHERE = ("hospital", "hospital", "hospital", *OTHERS)


@dataclass(frozen=True)
class Place:
    code: str
    place: str
    weight: int = 1
    until: date = FOR_EVER


PROVIDERS = (
    Place("RXX", "hospital", 5),
    Place("RYY", "hospital", 4),
    Place("RZC", "hospital", 2),
    Place("RZD", "hospital", 2, date(2016, 3, 31)),
    Place("NZZ", "independent", 3),
    Place("NZB", "independent"),
    Place("VZZ", "care_home", 3),
    Place("VZN", "care_home", 2),
    Place("ZZ901", "gp"),
    Place("VZD01", "dental"),
    Place("NZH", "hospice"),
    Place("TZA", "transfusion"),
)


@dataclass(frozen=True)
class Row:
    """`extra` goes into the report as it is; `others` are the courses of further patients or providers."""

    course: Course
    count: int
    span: Span
    grades: tuple[str, ...] = HARMED
    places: tuple[str, ...] = HOSPITAL
    kind: str = "incident"
    axis: str = "physical"
    extra: Body = field(default_factory=dict)
    patients: int = 1
    others: tuple[Course, ...] = ()
    linked: bool = False
    special: str = ""
    before: date | None = None

    @property
    def seed(self) -> str:
        parts = (
            self.course.__name__,
            *self.span,
            *self.grades,
            *self.places,
            self.kind,
            self.axis,
            self.special,
        )
        return " ".join(map(str, (*parts, *sorted(self.extra))))


_BEFORE = (
    Row(c.silence, 3, BEFORE, ("moderate", "severe")),
    Row(c.told_in_time, 2, BEFORE, ("moderate",)),
    Row(c.silence, 2, BEFORE, BELOW, ("care_home", "hospital")),
)

_CONTRACT = (
    Row(c.told_in_time, 9, CONTRACT, WORST),
    Row(c.told_late, 5, CONTRACT, WORST),
    Row(c.silence, 5, CONTRACT, HARMED),
    Row(c.contract_course, 8, CONTRACT, WORST),
    Row(c.findings_late, 3, CONTRACT),
    Row(c.findings_never, 2, CONTRACT, ("severe", "fatal")),
    Row(c.offer_forgotten, 2, CONTRACT, ("moderate",)),
    Row(c.declined, 3, CONTRACT, ("moderate", "fatal")),
    Row(c.declined_late, 2, CONTRACT, ("moderate",)),
    Row(c.attempts_only, 2, CONTRACT, ("moderate", "severe")),
    Row(c.graded_later, 3, CONTRACT, ("not_known",)),
    Row(c.raised, 3, CONTRACT, ("low",)),
    Row(c.raised_and_silent, 1, CONTRACT, ("low",)),
    Row(c.lowered, 2, CONTRACT, ("moderate",)),
    Row(c.never_notifiable, 2, CONTRACT, ("moderate",)),
    Row(c.told_in_time, 3, CONTRACT, HARMED, ("independent", "care_home", "hospice")),
    Row(c.silence, 4, CONTRACT, ("moderate",), ("care_home", "gp", "dental", "independent")),
    Row(c.told_at_once, 4, CONTRACT, BELOW),
    Row(c.silence, 5, CONTRACT, BELOW, ANYWHERE),
    Row(c.silence, 5, CONTRACT, ("none",), ("hospital", "care_home"), kind="near_miss"),
)

_BOTH = (
    Row(c.told_in_time, 3, BOTH, WORST),
    Row(c.statute_course, 3, BOTH, HARMED),
    Row(c.silence, 2, BOTH, HARMED),
    Row(c.found_not_notifiable, 2, BOTH, ("moderate",)),  # the contract's duty stays
    Row(c.silence, 3, BOTH, ("moderate",), ("care_home", "independent", "gp")),
    Row(c.told_at_once, 2, BOTH, BELOW),
    Row(c.silence, 1, BOTH, ("none",), kind="near_miss"),
    Row(c.found_notifiable, 2, BOTH, ("severe",), before=date(2014, 3, 14)),
)

_STATUTE = (
    Row(c.statute_course, 12, REG20, WORST),
    Row(c.statute_course, 6, REG20, HARMED, OTHERS),
    Row(c.silence, 6, REG20, HARMED, ANYWHERE),
    Row(c.found_notifiable, 4, REG20, HARMED, ANYWHERE),
    Row(c.found_not_notifiable, 7, REG20, ("moderate",), ANYWHERE),
    Row(c.told_but_not_notifiable, 2, REG20, ("moderate",)),
    Row(c.results_outstanding, 4, REG20, WORST),
    Row(c.results_by_letter, 3, REG20),
    Row(c.letters_in_parts, 5, REG20, HARMED, ("hospital", "hospital", "independent")),
    Row(c.letter_never_whole, 2, REG20),
    Row(c.letter_alone, 4, REG20, HARMED, ("hospital", "care_home")),
    Row(c.by_telephone, 3, REG20, ("moderate",), ("gp", "hospital", "dental")),
    Row(c.told_in_two_talks, 4, REG20, HARMED),
    Row(c.told_no_letter, 5, REG20, WORST, ("hospital", "care_home")),
    Row(c.told_after_target, 5, REG20, HARMED, ("hospital", "independent", "gp")),
    Row(c.declined, 5, REG20, WORST),
    Row(c.not_found, 4, REG20, ("moderate", "severe"), ("hospital", "gp")),
    Row(c.attempts_only, 2, REG20),
    Row(c.declined_then_met, 3, REG20, ("severe", "fatal")),
    Row(c.lowered, 2, REG20, ("moderate",)),
    Row(c.lowered_stood_down, 3, REG20, ("moderate",), ("hospital", "care_home")),
    Row(c.stand_down_refused, 2, REG20, ("moderate",)),
    Row(c.refused_then_stood_down, 2, REG20, ("moderate",)),
    Row(c.stood_down_alone, 3, REG20, ("moderate",), ("hospital", "care_home", "gp")),
    Row(c.never_notifiable, 2, REG20, ("moderate",)),
    Row(c.raised, 4, REG20, ("low",), ("hospital", "care_home")),
    Row(c.raised_and_silent, 2, REG20, ("low",)),
    Row(c.died_later, 3, REG20, ("severe",)),
    Row(c.graded_later, 4, REG20, ("not_known",), ("hospital", "hospice", "gp")),
    Row(c.graded_low, 2, REG20, ("not_known",)),
    Row(c.silence, 5, REG20, ("not_known",), ("hospital", "care_home", "independent", "gp", "hospice")),
    Row(c.disputed, 4, REG20, HARMED, ("hospital", "hospital", "care_home")),
    Row(c.disputed_and_settled, 2, REG20),
    Row(c.silence, 3, REG20, ("low",), extra={"harm_may_still_follow": True}),
    Row(c.found_notifiable, 1, REG20, ("low",), extra={"harm_may_still_follow": True}),
    Row(c.silence, 2, REG20, ("low",), ("independent", "care_home"), extra={"harm_may_still_follow": True}),
    Row(c.opted_in, 3, REG20, BELOW, ("hospital", "care_home")),
    Row(c.opted_in, 1, REG20, ("none",), kind="near_miss"),
    Row(c.noticed_earlier, 2, REG20, ("moderate",)),
    Row(c.found_notifiable, 2, REG20, ("severe",), before=date(2012, 9, 6)),
    Row(c.statute_course, 1, REG20, HARMED, ("transfusion",)),
    Row(c.silence, 2, REG20, BELOW, ("transfusion",)),
)

_MINDS = (
    Row(c.told_in_time, 2, CONTRACT, ("moderate",), axis="psychological"),
    Row(c.statute_course, 3, REG20, ("moderate", "severe"), axis="psychological"),
    Row(c.silence, 3, REG20, ("moderate",), ("care_home", "gp", "independent"), axis="psychological"),
    Row(c.told_at_once, 3, REG20, ("low",), axis="psychological"),
)

_SEVERAL = (
    Row(c.told_in_time, 2, CONTRACT, ("moderate",), patients=2),
    Row(c.told_no_letter, 2, REG20, ("moderate",), patients=3, others=(c.declined,)),
    Row(c.statute_course, 2, REG20, ("severe",), patients=2),
    Row(c.told_in_time, 1, CONTRACT, ("moderate",), extra={"provider": "RXX", "other_providers": ["NZZ"]},
        others=(c.told_late,)),
    Row(c.statute_course, 2, REG20, ("moderate",), extra={"provider": "RYY", "other_providers": ["VZZ"]},
        others=(c.found_notifiable,)),
    Row(c.found_notifiable, 2, REG20, ("severe",),
        extra={"provider": "NZZ", "other_providers": ["RXX", "ZZ901"]},
        others=(c.told_no_letter, c.found_not_notifiable)),
)  # fmt: skip

_UNKNOWN = (
    Row(c.silence, 3, REG20, HARMED, extra={"provider": "QQQ99"}),
    Row(c.silence, 1, CONTRACT, ("moderate",), extra={"provider": "QQQ99"}),
    Row(c.provider_named, 2, REG20, ("moderate",), extra={"provider": "QQQ99"}),
    Row(c.silence, 2, REG20, BELOW, extra={"provider": "the private clinic by the station"}),
    Row(c.patient_named, 2, REG20, ("moderate",), extra={"patients": []}),
    Row(c.silence, 2, REG20, ("moderate",), extra={"patients": [], "local_reference": "W-1187"}),
    Row(c.told_no_letter, 3, REG20, HARMED, ("hospital", "care_home"), extra={"anonymous": True}),
    Row(c.silence, 3, REG20, BELOW, ("hospital", "care_home", "gp"), extra={"anonymous": True}),
    Row(c.silence, 1, REG20, ("low",), extra={"kind": "not_sure", "never_event_type": "not_sure"}),
)

_SPECIAL = tuple(
    Row(c.silence, 1, REG20, ("moderate", "low"), special=special)
    for special in ("arabic", "hebrew", "lines")
) + tuple(
    Row(c.told_at_once, 1, REG20, ("low",), ("care_home",), special=special)
    for special in ("urdu", "emoji", "mixed")
)

_LINKED = (
    Row(c.told_in_time, 2, CONTRACT, ("moderate",), linked=True),
    Row(c.found_notifiable, 2, REG20, ("moderate", "severe"), ("hospital", "care_home"), linked=True),
    Row(c.silence, 1, REG20, BELOW, linked=True),
)

_RETRACTED = (
    Row(c.retracted, 2, CONTRACT, ("moderate",)),
    Row(c.retracted_and_told, 1, CONTRACT, ("moderate",)),
    Row(c.retracted, 2, REG20, ("moderate", "severe")),
    Row(c.report_retracted, 1, REG20, ("moderate",)),
)

_EVERYDAY = (
    Row(c.told_at_once, 10, REG20, BELOW, ANYWHERE),
    Row(c.silence, 14, REG20, BELOW, ANYWHERE),
    Row(c.silence, 10, REG20, ("none",), ANYWHERE, kind="near_miss"),
    Row(c.silence, 1, REG20, ("none",), ("transfusion",), kind="near_miss"),
    Row(c.silence, 2, CONTRACT, ("none",), ("hospital", "gp"), kind="hazard"),
    Row(c.silence, 5, REG20, ("none",), ("hospital", "care_home", "independent", "hospice"), kind="hazard"),
    Row(c.silence, 2, CONTRACT, ("none",), ("hospital", "care_home"), kind="good_care"),
    Row(c.silence, 5, REG20, ("none",), ("hospital", "independent", "care_home", "gp"), kind="good_care"),
    Row(c.silence, 2, REG20, ("not_known",), ("hospital", "hospice"), kind="outcome"),
    Row(c.statute_course, 3, REG20, ("moderate", "severe"), ("hospital", "independent"), kind="outcome"),
)

_LATELY = (
    Row(c.letters_in_parts, 3, LATELY, HARMED),
    Row(c.told_no_letter, 2, LATELY, WORST, ("hospital", "independent")),
    Row(c.found_notifiable, 2, LATELY, HARMED, ("hospital", "care_home")),
    Row(c.silence, 3, LATELY, HARMED, ("hospital", "gp", "dental")),
    Row(c.told_at_once, 4, LATELY, BELOW, ANYWHERE),
    Row(c.silence, 2, LATELY, ("none",), kind="near_miss"),
)

PLAN: tuple[Row, ...] = (
    *_BEFORE, *_CONTRACT, *_BOTH, *_STATUTE, *_MINDS, *_SEVERAL, *_UNKNOWN, *_SPECIAL, *_LINKED, *_RETRACTED,
    *_EVERYDAY, *_LATELY,
)  # fmt: skip
