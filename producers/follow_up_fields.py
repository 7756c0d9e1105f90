"""What each kind of follow-up says in fields of its own: from its body to its record."""

from collections.abc import Callable
from typing import Any

from producers import claim_bodies
from producers import escalation_bodies as escalations
from producers import follow_ups as bodies
from producers import never_event_bodies as never_events
from producers.body_types import Body
from producers.follow_up_body import AboutObligations
from producers.refusals import wrong
from producers.role_names import role_code
from producers.visit import OpenCase
from schemas import claim_events as claims
from schemas import escalation_events as actions
from schemas import event_types as records
from schemas.event_types import CaseEvent, FollowUp
from schemas.never_event_events import NeverEventConfirmed, NeverEventRejected

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


def _nothing(_: Body, __: OpenCase) -> Fields:
    return {}


def _of_claim(body: claim_bodies.ClaimClosedBody, _: OpenCase) -> Fields:
    return {"claim_id": body.claim_id}


def _avoidability(body: claim_bodies.AvoidabilityStatedBody, case: OpenCase) -> Fields:
    hashes = (case.hashed(text) for text in body.evidence_held)
    return {
        "verdict": body.verdict,
        "to": body.to,
        "confidence": body.confidence,
        "found_by": body.found_by,
        "evidence_hashes": tuple(one for one in hashes if one),
        "patient": body.patient,
    }


READ_OF_CASE: dict[type[Body], tuple[type[CaseEvent], Callable[[Any, OpenCase], Fields]]] = {
    bodies.FeedbackGivenBody: (
        records.FeedbackGiven,
        lambda body, case: {
            "outcome": body.outcome,
            "what_changed_hash": case.hashed(body.what_changed),
        },
    ),
    never_events.NeverEventConfirmedBody: (
        NeverEventConfirmed,
        lambda body, _: {
            "list_version": body.list_version,
            "type_no": body.type_no,
            "subtype": body.subtype,
        },
    ),
    never_events.NeverEventRejectedBody: (NeverEventRejected, _nothing),
    escalations.EscalationAcknowledgedBody: (
        actions.EscalationAcknowledged,
        lambda body, _: {"escalation_id": body.escalation_id},
    ),
    escalations.EscalationActedBody: (
        actions.EscalationActed,
        lambda body, _: {"escalation_id": body.escalation_id, "act": body.act},
    ),
    escalations.SeriousIncidentDeclaredBody: (
        actions.SeriousIncidentDeclared,
        lambda body, _: {"grade": body.grade, "investigation": body.investigation},
    ),
    escalations.SteisReportedBody: (actions.SteisReported, _nothing),
    escalations.InitialReviewSubmittedBody: (actions.InitialReviewSubmitted, _nothing),
    escalations.FinalReportSubmittedBody: (
        actions.FinalReportSubmitted,
        lambda body, _: {
            "root_cause": bool(body.root_cause),
            "lessons": bool(body.lessons),
            "action_plan": bool(body.action_plan),
        },
    ),
    escalations.InvestigationExtendedBody: (
        actions.InvestigationExtended,
        lambda body, _: {"extended_to": body.extended_to},
    ),
    escalations.CommissionerUpdatedBody: (actions.CommissionerUpdated, _nothing),
    escalations.SeriousIncidentClosedBody: (
        actions.SeriousIncidentClosed,
        lambda body, _: {
            "actions_finished": bool(body.actions_finished),
            "actions_monitored": bool(body.actions_monitored),
        },
    ),
    escalations.SeriousIncidentDeloggedBody: (
        actions.SeriousIncidentDelogged,
        lambda body, _: {"commissioner_agreed": bool(body.commissioner_agreed)},
    ),
    claim_bodies.ClaimOpenedBody: (
        claims.ClaimOpened,
        lambda body, _: {"claim_id": body.claim_id, "provider": body.provider},
    ),
    claim_bodies.ClaimClosedBody: (claims.ClaimClosed, _of_claim),
    claim_bodies.OpennessFindingBody: (
        claims.OpennessFindingRecorded,
        lambda body, _: {"claim_id": body.claim_id, "finding": body.finding},
    ),
    claim_bodies.IndemnityDecisionBody: (
        claims.IndemnityDecisionRecorded,
        lambda body, _: {
            "claim_id": body.claim_id,
            "decision": body.decision,
            "trust_share_percent": body.trust_share_percent,
        },
    ),
    claim_bodies.ReimbursementBody: (
        claims.ReimbursementRecorded,
        lambda body, _: {"claim_id": body.claim_id, "status": body.status, "percent": body.percent},
    ),
    claim_bodies.PatientPaidBody: (
        claims.PatientPaid,
        lambda body, _: {"claim_id": body.claim_id, "pounds": body.pounds},
    ),
    claim_bodies.AvoidabilityStatedBody: (claims.AvoidabilityStated, _avoidability),
    claim_bodies.MaterialFactRecordedBody: (
        claims.MaterialFactRecorded,
        lambda body, _: {"patient": body.patient},
    ),
    claim_bodies.MaterialFactSharedBody: (
        claims.MaterialFactShared,
        lambda body, _: {"fact_event_id": body.fact_event_id},
    ),
}
"""Those that are about the whole case, or name for themselves what they are about."""

READ: dict[type[AboutObligations], tuple[type[FollowUp], Callable[[Any], Fields]]] = {
    bodies.HarmRegradedBody: (records.HarmRegraded, _regraded),
    bodies.DeterminationBody: (records.NotifiableDeterminationRecorded, _determination),
    bodies.FamilyAccountGivenBody: (
        records.FamilyAccountGiven,
        lambda body: {"told": bool(body.told), "not_clear": body.told is None},
    ),
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
    claim_bodies.ContraventionBody: (
        claims.ContraventionRecorded,
        lambda body: {"found_by": body.found_by},
    ),
}
