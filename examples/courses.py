"""What may be recorded after a report: each course is a few follow-ups, dated in days after it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from examples.draft import Body, Draft, written

ALL = dict.fromkeys(
    ("facts", "enquiries", "apology", "written_record", "support_offered", "written_notification_offered"),
    True,
)
DOCTORS = ("consultant", "specialist registrar", "clinical director", "general practitioner partner")
SAFETY = ("patient safety lead", "clinical governance lead", "risk lead")
LIMBS = ("20(9)(a)", "20(9)(b)")
ASKS_FOR_LIMB = ("NZZ", "NZB", "VZZ", "VZN", "ZZ901", "VZD01", "NZH")

Course = Callable[[Draft], None]


# -- single steps ----------------------------------------------------------------------------------


def tell(draft: Draft, day: int | datetime, without: tuple[str, ...] = (), in_person: bool = True) -> None:
    elements = {name: name not in without for name in ALL}
    role = draft.random.choice(DOCTORS)
    moment = day if isinstance(day, datetime) else draft.day(day)
    draft.add("relevant_person_notified", moment, in_person=in_person, by_role=role, elements=elements)


def write(draft: Draft, day: int, *contents: str) -> None:
    said = {name: name in contents for name in ("facts", "enquiries", "results", "apology")}
    draft.add("written_notification_sent", draft.day(day), contents=said)


def attempt(draft: Draft, day: int, means: str, result: str) -> None:
    draft.add("contact_attempted", draft.day(day), means=means, result=result)


def determine(draft: Draft, day: int, decision: bool, lacking: str = "harm", reason: str = "") -> None:
    criteria = {name: decision or name != lacking for name in ("unexpected", "regulated_activity", "harm")}
    body: Body = {"decision": decision, "criteria": criteria, "by_role": draft.random.choice(DOCTORS)}
    provider = draft.about.get("provider") or draft.report.get("provider")
    if decision and provider in ASKS_FOR_LIMB:
        body["limb"] = draft.random.choice(LIMBS)
    words = {
        "harm": "The harm was the natural course of the illness and would have come in any case.",
        "unexpected": "It was a known effect of the treatment and had been talked through before consent.",
        "regulated_activity": "It happened at home before the care began.",
    }
    why = (
        "All three criteria are met in the reasonable opinion of the clinician."
        if decision
        else words[lacking]
    )
    draft.add("notifiable_determination_recorded", draft.day(day), **body, reason=reason or why)


def regrade(
    draft: Draft, day: int, to: str, why: str, second: str | None = None, axis: str = "physical"
) -> None:
    now = draft.report.get("harm", {}).get(axis) or "not_known"
    for event in draft.events:
        if event["type"] == "harm_regraded" and event["axis"] == axis:
            now = event["to"]
    fields: dict[str, Any] = {"axis": axis, "from": now, "to": to, "reason": why}
    fields["by_role"] = draft.random.choice(SAFETY)
    if second:
        fields["second_person_role"] = second
    draft.add("harm_regraded", draft.day(day), **fields)


def stand_down(draft: Draft, day: int, why: str, second: str | None = None, never: bool = False) -> None:
    fields: dict[str, Any] = {
        "never_notifiable": never,
        "reason": why,
        "by_role": draft.random.choice(SAFETY),
    }
    if second:
        fields["second_person_role"] = second
    draft.add("obligation_stood_down", draft.day(day), **fields)


def investigate(draft: Draft, done: int, shared: int | None, letter: bool = False) -> None:
    draft.add("investigation_completed", draft.day(done), by_role="patient safety lead")
    if shared is not None:
        draft.add("findings_shared", draft.day(shared))
    if letter and shared is not None:
        write(draft, shared + 1, "results", "apology")


def retract(draft: Draft, day: int, why: str, what: Body | None = None) -> None:
    """`what`: an event of this draft, or the report. Its number is known once all are in order."""
    draft.events.append(
        {"type": "event_retracted", "at": written(draft.day(day)), "event_id": what, "reason": why}
    )


# -- whole courses ---------------------------------------------------------------------------------


def silence(draft: Draft) -> None:
    """Nothing was recorded after the report."""


def told_in_time(draft: Draft) -> None:
    tell(draft, draft.random.randrange(1, 7))


def told_late(draft: Draft) -> None:
    tell(draft, draft.random.randrange(26, 70))


def told_at_once(draft: Draft) -> None:
    """For harm that no duty asks about: professionals tell all the same."""
    tell(draft, 1, without=("written_notification_offered",))


def contract_course(draft: Draft) -> None:
    """Told, explained, investigated, and the report shared in time."""
    tell(draft, draft.random.randrange(1, 7))
    draft.add("support_offered", draft.day(7))
    draft.add("step_by_step_explanation_given", draft.day(18))
    investigate(draft, 60, 65)


def findings_late(draft: Draft) -> None:
    tell(draft, 3)
    draft.add("step_by_step_explanation_given", draft.day(20))
    investigate(draft, 55, 90)


def findings_never(draft: Draft) -> None:
    tell(draft, 4)
    investigate(draft, 58, None)


def offer_forgotten(draft: Draft) -> None:
    """Told in time, but the offer of a written notification came in a second talk."""
    tell(draft, 2, without=("written_notification_offered",))
    tell(draft, 6)


def declined(draft: Draft) -> None:
    attempt(draft, 1, "telephone", "no_answer")
    attempt(draft, 2, "visit", "declined")
    evidence = "They asked us not to come again and were given the name of somebody to call."
    draft.add("contact_declined", draft.day(3), by="relevant_person", evidence=evidence)


def declined_late(draft: Draft) -> None:
    attempt(draft, 20, "letter", "no_answer")
    evidence = "A note was left with the neighbour: they do not wish to talk about it."
    draft.add("contact_declined", draft.day(33), by="relevant_person", evidence=evidence)


def not_found(draft: Draft) -> None:
    attempt(draft, 1, "telephone", "no_answer")
    attempt(draft, 3, "letter", "uncontactable")
    attempt(draft, 6, "visit", "uncontactable")
    evidence = "Three attempts by three ways; the address is empty and no other is known to the practice."
    draft.add("contact_declined", draft.day(7), by="cannot_be_contacted", evidence=evidence)


def attempts_only(draft: Draft) -> None:
    """Attempts alone discharge nothing."""
    attempt(draft, 2, "telephone", "no_answer")
    attempt(draft, 5, "telephone", "no_answer")
    attempt(draft, 9, "letter", "no_answer")


def declined_then_met(draft: Draft) -> None:
    """They wished for no contact at first, and came back to it."""
    declined(draft)
    attempt(draft, 40, "telephone", "reached")
    tell(draft, 44)
    write(draft, 50, "facts", "enquiries", "apology")


def graded_later(draft: Draft) -> None:
    """The first grade of harm that was not known counts from the report."""
    regrade(draft, 4, "moderate", "The scan shows harm that needs treatment.")
    tell(draft, 8)


def graded_low(draft: Draft) -> None:
    regrade(draft, 5, "low", "The results are there, and no treatment is needed.")


def raised(draft: Draft) -> None:
    """Harm graded up opens the duty from the regrade."""
    regrade(draft, 15, "severe", "There is lasting damage that was not seen at first.")
    tell(draft, 19)


def raised_and_silent(draft: Draft) -> None:
    regrade(draft, 21, "moderate", "More treatment was needed after all.")


def died_later(draft: Draft) -> None:
    """The patient died of it: the grade rises, and the next of kin is told."""
    tell(draft, 3)
    patient = draft.about.get("patient")
    regrade(draft, 12, "fatal", "The patient died, and the incident may have contributed.")
    fields: Body = {
        "relevant_person": {"relation": "next_of_kin", "why": "dead"},
        "reason": "The patient has died.",
    }
    draft.events.append(
        {"type": "enriched", "at": draft.events[-1]["at"], "patient": patient or "p1", **fields}
    )
    tell(draft, 14)


def lowered(draft: Draft) -> None:
    """A downgrade closes nothing by itself."""
    regrade(
        draft,
        9,
        "low",
        "The swelling was a bruise; no fracture on the second film.",
        second="clinical director",
    )


def lowered_stood_down(draft: Draft) -> None:
    lowered(draft)
    reason = "After the second film the harm is low; two persons have looked at it."
    stand_down(draft, 30, reason, second="clinical director")


def stand_down_refused(draft: Draft) -> None:
    """After a grade fell below moderate one person alone cannot close the duty."""
    regrade(draft, 9, "low", "The bleeding stopped by itself and no treatment was given.")
    stand_down(draft, 25, "The harm is low.")


def refused_then_stood_down(draft: Draft) -> None:
    stand_down_refused(draft)
    stand_down(draft, 31, "The harm is low; the medical director has agreed.", second="clinical director")


def stood_down_alone(draft: Draft) -> None:
    stand_down(
        draft, 3, "It happened at another hospital, which has opened its own report and will tell the family."
    )


def never_notifiable(draft: Draft) -> None:
    reason = "The harm was there on admission and is in the notes of the ambulance."
    stand_down(draft, 40, reason, second="clinical director", never=True)


def found_notifiable(draft: Draft) -> None:
    determine(draft, 3, True)


def found_not_notifiable(draft: Draft) -> None:
    determine(draft, 6, False, draft.random.choice(("harm", "unexpected", "regulated_activity")))


def told_but_not_notifiable(draft: Draft) -> None:
    tell(draft, 3, without=("written_record",))
    determine(draft, 8, False)


def statute_course(draft: Draft) -> None:
    """Determined, told in person, written to, investigated, and the results sent."""
    determine(draft, 2, True)
    attempt(draft, 2, "telephone", "reached")
    tell(draft, draft.random.randrange(3, 8))
    draft.add("support_offered", draft.day(9))
    write(draft, 13, "facts", "enquiries", "apology")
    investigate(draft, 70, 80, letter=True)


def results_outstanding(draft: Draft) -> None:
    determine(draft, 2, True)
    tell(draft, 6)
    write(draft, 11, "facts", "enquiries", "apology")
    investigate(draft, 75, None)


def results_by_letter(draft: Draft) -> None:
    """The results went out by letter alone, which the regulation allows."""
    determine(draft, 3, True)
    tell(draft, 4)
    write(draft, 8, "facts", "enquiries", "apology")
    investigate(draft, 90, None)
    write(draft, 96, "results")


def letters_in_parts(draft: Draft) -> None:
    determine(draft, 1, True)
    tell(draft, 4)
    write(draft, 8, "facts", "apology")
    write(draft, 20, "enquiries")


def letter_never_whole(draft: Draft) -> None:
    tell(draft, 5)
    write(draft, 12, "apology")


def letter_alone(draft: Draft) -> None:
    """A letter without a meeting tells nobody in person."""
    determine(draft, 2, True)
    write(draft, 5, "facts", "enquiries", "apology")


def by_telephone(draft: Draft) -> None:
    determine(draft, 2, True)
    tell(draft, 3, in_person=False)


def told_in_two_talks(draft: Draft) -> None:
    """The first talk lacked what the second had: only the second is a notification."""
    determine(draft, 2, True)
    tell(draft, 3, without=("enquiries", "written_record"))
    tell(draft, 12)
    write(draft, 16, "facts", "enquiries", "apology")


def told_no_letter(draft: Draft) -> None:
    determine(draft, 2, True)
    tell(draft, 6)


def told_after_target(draft: Draft) -> None:
    determine(draft, 9, True)
    tell(draft, 37)
    write(draft, 41, "facts", "enquiries", "apology")


def disputed(draft: Draft) -> None:
    """The family's account differs from the provider's."""
    told_no_letter(draft)
    draft.add("family_account_given", draft.day(25), told=False)


def disputed_and_settled(draft: Draft) -> None:
    disputed(draft)
    tell(draft, 30)
    draft.add("family_account_given", draft.day(33), told=True)


def opted_in(draft: Draft) -> None:
    """A person opens the duty though no threshold asks for it."""
    draft.add(
        "candour_opted_in", draft.day(2), reason="The family has questions, and we would want to be told."
    )
    tell(draft, 6)


def retracted(draft: Draft) -> None:
    """Somebody had opened the wrong case: the record of the telling is taken out, and nobody was told."""
    tell(draft, 3)
    retract(draft, 12, "It was entered for another patient of the same ward.", draft.events[-1])


def retracted_and_told(draft: Draft) -> None:
    retracted(draft)
    tell(draft, 13)


def report_retracted(draft: Draft) -> None:
    retract(draft, 2, "It was a trial of the form, and nothing had happened.")


def provider_named(draft: Draft) -> None:
    """The provider was not in the directory; somebody asked, and it is known now."""
    draft.events.append(
        {"type": "enriched", "at": written(draft.day(3)), "provider": "RXX", "reason": "The ward was asked."}
    )
    draft.turn_to()
    tell(draft, 6)


def noticed_earlier(draft: Draft) -> None:
    """It turned out that somebody had noticed before."""
    noticed = draft.report["occurred_at"]
    fields = {"noticed_at": noticed, "reason": "The night notes show that it was seen at once."}
    draft.events.append({"type": "enriched", "at": written(draft.day(5)), **fields})
    tell(draft, 8)


def patient_named(draft: Draft) -> None:
    """A report without patients owes to an unnamed one, whom an enrichment names."""
    fields = {
        "patient": "p1",
        "name": "Una Hallowmere",
        "date_of_birth": "1951-02-17",
        "reason": "Now known.",
    }
    draft.events.append({"type": "enriched", "at": written(draft.day(1)), **fields})
    tell(draft, 5)
