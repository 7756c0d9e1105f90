"""The report form: what it asks, and the body of `POST /api/reports` that its answers make."""

from typing import Any

from schemas.event_types import Instant
from schemas.incident_types import FACTORS, TYPES
from views.pages import moments, words
from views.pages.fields import Choice, Errors, Field, Filled, choices, missing
from views.pages.patient_form import patient, patient_fields

NOT_SURE = Choice("not_known", "Not sure")
NO_TYPE = Choice("not_sure", "Not sure")
YES_NO = (Choice("yes", "Yes"), Choice("no", "No"), Choice("not_sure", "Not sure"))
PHYSICAL = choices({code: words.HARMS[code] for code in ("none", "low", "moderate", "severe", "fatal")})
PSYCHOLOGICAL = PHYSICAL[:-1]

KIND = Field(
    "kind",
    "What are you reporting?",
    "radios",
    choices=(
        Choice("incident", "An incident", "Something happened to a patient that was not meant to"),
        Choice(
            "near_miss", "A near miss", "It could have harmed a patient, but did not reach one or was caught"
        ),
        Choice("hazard", "A hazard", "Something unsafe that has not led to anything yet"),
        Choice("outcome", "An outcome", "A poor outcome, and it is not clear whether care had a part in it"),
        Choice("good_care", "Good care", "Something that went well and others can learn from"),
        Choice("not_sure", "Not sure"),
    ),
    required=True,
    missing="Choose what you are reporting; “Not sure” will do",
)
WHAT = Field(
    "what_happened",
    "What happened?",
    "area",
    hint="Say what you saw, in your own words. Please leave out names here; there is room for them below.",
    required=True,
    missing="Say what happened; one sentence is enough",
)
PLACE = (
    Field(
        "provider", "Hospital, service or provider", hint="Its code if you know it, for example RXX", width=10
    ),
    Field("ward", "Ward or place"),
)
OCCURRED = Field("occurred_at", "When did it happen?", "when")
NOTICED = Field("noticed_at", "When was it first noticed?", "when", hint="By you or by a colleague")
WHEN = (OCCURRED.name, NOTICED.name)
HARM = (
    Field(
        "harm-physical",
        "Physical harm to the patient",
        "radios",
        hint="As far as you know now; it can be changed later.",
        choices=(*PHYSICAL, NOT_SURE),
    ),
    Field(
        "harm-psychological",
        "Psychological harm to the patient",
        "radios",
        choices=(*PSYCHOLOGICAL, NOT_SURE),
    ),
    Field("harm_may_still_follow", "May harm still follow?", "radios", choices=YES_NO, inline=True),
    Field(
        "immediate_risk",
        "Is anyone in immediate danger now?",
        "radios",
        hint="If so, act first: make it safe and call for help. The report can wait.",
        choices=YES_NO,
        inline=True,
    ),
    Field("could_have_been", "How bad could it have been?", "select", choices=(*PHYSICAL, NOT_SURE)),
    Field(
        "never_event_type",
        "Might this be a never event?",
        "radios",
        hint="For example wrong-site surgery or a retained object. The safety team will look it up.",
        choices=YES_NO,
        inline=True,
    ),
)
CAUSES = (
    Field("incident_type", "What type of incident was it?", "select", choices=(*choices(TYPES), NO_TYPE)),
    Field(
        "factors",
        "What may have contributed?",
        "boxes",
        hint="As many as fit, or none. Conditions, not people.",
        choices=choices(FACTORS),
    ),
)
REPORTER = (
    Field(
        "reporter-role",
        "Your role",
        hint="For example nurse, healthcare assistant, porter. Every role's report counts the same.",
        spoken_by="organization-title",
    ),
    Field("reporter-name", "Your name", hint="Kept apart from the report, and every look at it is logged."),
)
ANONYMOUS = Field(
    "anonymous",
    "Send without my name?",
    "boxes",
    hint="Then neither name nor role, computer or address is kept, and we cannot tell you what came of it.",
    choices=(Choice("yes", "Report anonymously"),),
)
MOST_PATIENTS = 20  # in the form; an API call may tell of more


def of_patient(index: int) -> tuple[Field, ...]:
    """What is asked of one of several patients; harm of the first is asked once, above."""
    prefix = f"patients-{index}-"
    return patient_fields(prefix) + (_own_harm(prefix) if index else ())


def _own_harm(prefix: str) -> tuple[Field, ...]:
    """A select for each axis; without an answer it is as bad as the first patient's: nobody is forgotten."""
    as_first = Choice("", "The same as the first patient")
    return (
        Field(
            f"{prefix}harm-physical",
            "Physical harm to this patient",
            "select",
            choices=(as_first, *PHYSICAL, NOT_SURE),
        ),
        Field(
            f"{prefix}harm-psychological",
            "Psychological harm to this patient",
            "select",
            choices=(as_first, *PSYCHOLOGICAL, NOT_SURE),
        ),
    )


def every_field(patients: int) -> tuple[Field, ...]:
    shown = [field for index in range(patients) for field in of_patient(index)]
    return (KIND, WHAT, *PLACE, OCCURRED, NOTICED, *HARM, *CAUSES, *shown, *REPORTER, ANONYMOUS)


def patient_count(filled: Filled) -> int:
    typed = filled.get("patient-count", "1")
    return min(int(typed), MOST_PATIENTS) if typed.isascii() and typed.isdigit() and int(typed) else 1


def body(filled: Filled, now: Instant, reported_at: Instant | None = None) -> tuple[dict[str, Any], Errors]:
    """The report as the JSON API takes it, and what has to be mended first; blank answers are left out."""
    errors = missing((KIND, WHAT), filled)
    report: dict[str, Any] = {name: filled.get(name, "") for name in ("kind", "what_happened")}
    for name in ("provider", "ward", "could_have_been"):
        if typed := filled.get(name, "").strip():
            report[name] = typed.upper() if name == "provider" else typed
    occurred: Instant | None = None
    latest = reported_at
    for name in WHEN:
        try:
            found = moments.read(filled, name, now, not_before=occurred)
        except moments.Unclear as unclear:
            errors |= unclear.errors
            continue
        if found is not None:
            report[name] = moments.text(found)
            latest = max(latest, found) if latest is not None else None
        occurred = occurred if occurred is not None else found
    if latest is not None:
        report["reported_at"] = moments.text(latest)
    harm = _harm(filled, "")
    report |= {"harm": harm} if harm else {}
    report |= {
        name: filled[name] == "yes"
        for name in ("harm_may_still_follow", "immediate_risk")
        if filled.get(name) in ("yes", "no")
    }
    # Whether it is one is for the safety team to say: "yes" and "not sure" ask the same of them.
    which = filled.get("never_event_which", "").strip()
    if filled.get("never_event_type") in ("yes", "not_sure") or (which and "never_event_type" not in filled):
        report["never_event_type"] = which or "not_sure"
    patients = _patients(filled, harm, errors)
    report |= {"patients": patients} if patients else {}
    return report | _causes(filled) | _reporter(filled), errors


def _patients(filled: Filled, harm: dict[str, str], errors: Errors) -> list[dict[str, Any]]:
    """In the order of the form; of those at its end about whom nothing is said, none."""
    found = []
    for index in range(patient_count(filled)):
        prefix = f"patients-{index}-"
        own = _harm(filled, prefix) if index else {}
        found.append(patient(filled, prefix, errors) | ({"harm": harm | own} if own else {}))
    while found and not found[-1]:
        found.pop()
    return found


def _harm(filled: Filled, prefix: str) -> dict[str, str]:
    axes = ("physical", "psychological")
    return {axis: value for axis in axes if (value := filled.get(f"{prefix}harm-{axis}"))}


def _causes(filled: Filled) -> dict[str, Any]:
    kind = filled.get("incident_type", "")
    factors = [code for code in FACTORS if filled.get(f"factors-{code}") == "yes"]
    return ({"incident_type": kind} if kind else {}) | ({"factors": factors} if factors else {})


def _reporter(filled: Filled) -> dict[str, Any]:
    if filled.get("anonymous-yes") == "yes":
        return {"anonymous": True}
    typed = {part: filled.get(f"reporter-{part}", "").strip() for part in ("role", "name")}
    given = {part: text for part, text in typed.items() if text}
    return {"reporter": given} if given else {}
