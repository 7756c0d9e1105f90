"""What each kind of follow-up says in fields of its own: from its body to its record."""

from collections.abc import Callable
from typing import Any

from producers import follow_ups as bodies
from producers.refusals import wrong
from producers.role_names import role_code
from schemas import event_types as records
from schemas.event_types import FollowUp

Fields = dict[str, Any]


def _determination(body: bodies.DeterminationBody) -> Fields:
    criteria = body.criteria
    met = bool(criteria.unexpected), bool(criteria.regulated_activity), bool(criteria.harm)
    if body.decision != all(met):
        names = ("unexpected", "regulated_activity", "harm")
        if body.decision:
            unmet = ", ".join(name for name, is_met in zip(names, met, strict=True) if not is_met)
            detail = f"says that it is notifiable, but these criteria are not met: {unmet}."
        else:
            detail = "says that it is not notifiable, but all three criteria are met."
        raise wrong("/decision", detail, "Correct the decision or the criteria; all three together decide.")
    unexpected, activity, harm = met
    return {
        "decision": body.decision,
        "unexpected": unexpected,
        "regulated_activity": activity,
        "harm_test": harm,
        "limb": body.limb,
    }


def _notified(body: bodies.RelevantPersonNotifiedBody) -> Fields:
    told = body.elements
    return {
        "in_person": bool(body.in_person),
        "facts_given": bool(told.facts),
        "enquiries": bool(told.enquiries),
        "apology": bool(told.apology),
        "written_record": bool(told.written_record),
        "support_offered": bool(told.support_offered),
        "written_notification_offered": bool(told.written_notification_offered),
    }


def _letter(body: bodies.WrittenNotificationSentBody) -> Fields:
    held = body.contents
    return {
        "facts_given": bool(held.facts),
        "enquiries": bool(held.enquiries),
        "results": bool(held.results),
        "apology": bool(held.apology),
    }


def _regraded(body: bodies.HarmRegradedBody) -> Fields:
    return {
        "axis": body.axis,
        "from_grade": body.from_grade,
        "to_grade": body.to_grade,
        "second_person_role": role_code(body.second_person_role),
    }


def _stood_down(body: bodies.ObligationStoodDownBody) -> Fields:
    second = role_code(body.second_person_role)
    return {"never_notifiable": bool(body.never_notifiable), "second_person_role": second}


READ: dict[type[bodies.AboutObligations], tuple[type[FollowUp], Callable[[Any], Fields]]] = {
    bodies.HarmRegradedBody: (records.HarmRegraded, _regraded),
    bodies.DeterminationBody: (records.NotifiableDeterminationRecorded, _determination),
    bodies.FamilyAccountGivenBody: (records.FamilyAccountGiven, lambda body: {"told": body.told}),
    bodies.ContactAttemptedBody: (
        records.ContactAttempted,
        lambda body: {"means": body.means, "result": body.result},
    ),
    bodies.RelevantPersonNotifiedBody: (records.RelevantPersonNotified, _notified),
    bodies.SupportOfferedBody: (records.SupportOffered, lambda _: {}),
    bodies.WrittenNotificationSentBody: (records.WrittenNotificationSent, _letter),
    bodies.StepByStepExplanationGivenBody: (records.StepByStepExplanationGiven, lambda _: {}),
    bodies.InvestigationCompletedBody: (records.InvestigationCompleted, lambda _: {}),
    bodies.FindingsSharedBody: (records.FindingsShared, lambda _: {}),
    bodies.ContactDeclinedBody: (
        records.ContactDeclined,
        lambda body: {"by": body.by},
    ),
    bodies.ObligationStoodDownBody: (records.ObligationStoodDown, _stood_down),
    bodies.CandourOptedInBody: (records.CandourOptedIn, lambda _: {}),
}
