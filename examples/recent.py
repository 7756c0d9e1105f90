"""The reports of the last days, for a board that runs by the system clock."""

from dataclasses import dataclass, field

from examples import courses as c
from examples.courses import Course, attempt, declined, determine, found_notifiable, silence, tell, write
from examples.draft import Body, Draft

TWO: Body = {"patients": [{"name": "Percy Dewhirst-Lane"}, {"name": "Olwen Castlerigg"}]}


@dataclass(frozen=True)
class Recent:
    """Reported so many days before now."""

    days_ago: float
    place: str
    grade: str
    course: Course
    extra: Body = field(default_factory=dict)
    kind: str = "incident"
    axis: str = "physical"
    scene: str = ""


def _found_and_tried(draft: Draft) -> None:
    found_notifiable(draft)
    attempt(draft, 4, "telephone", "no_answer")


def _told_today(draft: Draft) -> None:
    determine(draft, 1, True)
    tell(draft, 2)


def _one_letter(draft: Draft) -> None:
    determine(draft, 1, True)
    tell(draft, 3)
    write(draft, 6, "facts", "apology")


def _waits_for_results(draft: Draft) -> None:
    determine(draft, 2, True)
    tell(draft, 4)
    write(draft, 7, "facts", "enquiries", "apology")
    draft.add("investigation_completed", draft.day(18), by_role="patient safety lead")


def _disputed(draft: Draft) -> None:
    determine(draft, 2, True)
    tell(draft, 3)
    draft.add("family_account_given", draft.day(9), told=False)


def _raised(draft: Draft) -> None:
    c.regrade(draft, 7, "moderate", "A second operation was needed.")


def _two_patients(draft: Draft) -> None:
    draft.turn_to(patient="p1")
    determine(draft, 1, True)
    tell(draft, 4)
    draft.turn_to(patient="p2")
    determine(draft, 1, True)


CASES: tuple[Recent, ...] = (
    Recent(29, "hospital", "moderate", _waits_for_results),
    Recent(27, "hospital", "severe", c.lowered, {"harm": {"physical": "moderate"}}),
    Recent(25, "independent", "moderate", found_notifiable, {"provider": "NZZ"}),
    Recent(23, "care_home", "moderate", silence, {"provider": "VZZ"}),
    Recent(20, "hospital", "moderate", declined, {"provider": "RYY"}),
    Recent(18, "care_home", "moderate", _disputed, {"provider": "VZN"}),
    Recent(16, "hospital", "severe", c.found_not_notifiable),
    Recent(13, "hospital", "moderate", _one_letter, {"provider": "RXX"}),
    Recent(13, "hospital", "moderate", silence, {"provider": "RXX"}),
    Recent(12, "hospital", "severe", _found_and_tried, {"provider": "RYY"}),
    Recent(12, "gp", "moderate", silence, axis="psychological"),
    Recent(11, "hospital", "moderate", _two_patients, {"provider": "RXX", **TWO}),
    Recent(11, "dental", "moderate", c.by_telephone),
    Recent(10, "hospital", "low", _raised, {"provider": "RYY"}),
    Recent(9, "hospital", "moderate", c.letter_alone, {"provider": "RZC"}),
    Recent(7, "hospital", "low", silence, {"provider": "RXX", "harm_may_still_follow": True}),
    Recent(6, "hospital", "fatal", found_notifiable, {"provider": "RYY"}, scene="baby"),
    Recent(5, "hospital", "fatal", _told_today, {"provider": "RXX"}, scene="deterioration not seen"),
    Recent(4, "hospital", "moderate", silence, {"provider": "QQQ99"}),
    Recent(3, "hospital", "not_known", silence, {"provider": "RXX"}),
    Recent(2.2, "independent", "moderate", silence, {"provider": "NZZ"}),
    Recent(1.6, "hospital", "severe", silence, {"provider": None}),
    Recent(
        1.3, "hospital", "none", silence, {"could_have_been": "fatal", "provider": "RXX"}, kind="near_miss"
    ),
    Recent(1.1, "gp", "not_known", silence),
    Recent(0.9, "hospital", "none", silence, {"immediate_risk": True, "provider": "RYY"}, kind="hazard"),
    Recent(0.7, "care_home", "none", silence, kind="good_care"),
    Recent(0.5, "hospital", "low", silence, {"provider": "RXX"}),
    Recent(0.1, "hospital", "moderate", silence, {"provider": "RXX"}),
)
