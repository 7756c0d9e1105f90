"""Claims, verdicts and new facts in the notation of the law, and how they stand in the end.

2014-03-03 10:00  claim C-1 against=RXX
2014-03-04 10:00  finding C-1 not_open
2014-03-05 10:00  decision C-1 reduce share=40
2014-03-06 10:00  reimbursement C-1 proposed 20
2014-03-07 10:00  paid C-1 5000
2014-01-03 10:00  stated unavoidable to=family held=chart,notes found_by=provider
2014-01-03 10:00  F: fact
2014-01-04 10:00  shared F
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rules import candour, indemnity
from rules.calendar import fingerprint
from rules.indemnity import policy
from rules.london import at
from rules.rule import Rule
from schemas import claim_events as claims
from schemas.contracts import snake
from schemas.event_types import CaseEvent, Instant, PolicyAdopted, Record
from schemas.outcome_types import Outcome
from sinks import indemnity as standing
from tests.spec.chain import Chain
from tests.spec.law import Law
from tests.spec.notation import DAWN, Case, Words, genesis, identity, lines

RULES = (candour.RULE, indemnity.RULE)
_POLICY = policy.default_content()


def first_records() -> list[Record]:
    """Policies and calendar as they stand first in a partition."""
    version, content = _POLICY
    adopted = PolicyAdopted(
        partition=0,
        event_id=identity("indemnity policy"),
        recorded_at=DAWN,
        rule="indemnity",
        version=version,
        sha256=fingerprint(content),
        content=content,
    )
    return [*genesis(), adopted]


class ClaimCase(Case):
    """Understands the words above beside those of candour."""

    def _claim(self, words: Words, common: dict[str, Any]) -> Record:
        against = words.named.get("against")
        return self._event(claims.ClaimOpened, common, claim_id=words.plain[0], provider=against)

    def _close(self, words: Words, common: dict[str, Any]) -> Record:
        return self._event(claims.ClaimClosed, common, claim_id=words.plain[0])

    def _finding(self, words: Words, common: dict[str, Any]) -> Record:
        claim_id, finding = words.plain
        return self._by_scheme(
            claims.OpennessFindingRecorded, words, common, claim_id=claim_id, finding=finding
        )

    def _decision(self, words: Words, common: dict[str, Any]) -> Record:
        claim_id, decision = words.plain
        share = int(words.named["share"]) if "share" in words.named else None
        return self._by_scheme(
            claims.IndemnityDecisionRecorded,
            words,
            common,
            claim_id=claim_id,
            decision=decision,
            trust_share_percent=share,
        )

    def _reimbursement(self, words: Words, common: dict[str, Any]) -> Record:
        claim_id, status, percent = words.plain
        fields = {"claim_id": claim_id, "status": status, "percent": int(percent)}
        return self._by_scheme(claims.ReimbursementRecorded, words, common, **fields)

    def _paid(self, words: Words, common: dict[str, Any]) -> Record:
        claim_id, pounds = words.plain
        return self._by_scheme(claims.PatientPaid, words, common, claim_id=claim_id, pounds=int(pounds))

    def _contravention(self, words: Words, common: dict[str, Any]) -> Record:
        return self._follow_up(claims.ContraventionRecorded, words, common, found_by=words.plain[0])

    def _stated(self, words: Words, common: dict[str, Any]) -> Record:
        return self._event(
            claims.AvoidabilityStated,
            common,
            verdict=words.plain[0],
            to=words.named["to"],
            confidence="medium",
            found_by=words.named.get("found_by", "not_said"),
            evidence_hashes=words.list("held"),
            patient=words.named.get("patient"),
        )

    def _fact(self, words: Words, common: dict[str, Any]) -> Record:
        return self._event(claims.MaterialFactRecorded, common, patient=words.named.get("patient"))

    def _shared(self, words: Words, common: dict[str, Any]) -> Record:
        fact = self.labels.get(words.plain[0])
        event_id = fact.event_id if isinstance(fact, CaseEvent) else words.plain[0]
        return self._event(claims.MaterialFactShared, common, fact_event_id=event_id)

    def _by_scheme(
        self, kind: type[CaseEvent], words: Words, common: dict[str, Any], **fields: Any
    ) -> Record:
        return self._event(kind, common | {"by_role": words.named.get("role", "nhsla_reviewer")}, **fields)


def tell(history: str, rules: Sequence[Rule] = RULES) -> Chain:
    chain, case = Chain(rules), ClaimCase()
    chain.extend(first_records())
    for line in lines(history):
        chain.extend(case.records(line))
    return chain


@dataclass(frozen=True)
class Stands:
    """What the read model would show of these outcomes."""

    reviews: list[standing.Review]
    markers: list[standing.Marker]
    updates: list[standing.FamilyUpdate]
    facts: list[standing.Fact]
    payments: list[standing.Payment]

    def paid(self) -> dict[str, int]:
        """Pounds by claim."""
        total: Counter[str] = Counter()
        for one in self.payments:
            total[one.claim_id] += one.pounds if one.standing else 0
        return dict(total)


def stands(said: Iterable[Outcome]) -> Stands:
    steps = (
        standing.review_step,
        standing.marker_step,
        standing.family_update_step,
        standing.fact_step,
        standing.payment_step,
    )
    rows: list[dict[str, Any]] = [{} for _ in steps]
    for outcome in said:
        for step, found in zip(steps, rows, strict=True):
            after = step(found.get(outcome.subject), outcome)  # type: ignore[operator]
            if after is not None:
                found[outcome.subject] = after
    return Stands(*(list(found.values()) for found in rows))


@dataclass(frozen=True)
class ClaimLaw(Law):
    """`owed`: how markers, reviews, updates, facts and payments stand in the end, one a line."""

    heading = "How it stands in the end"
    nothing = "No marker, no review, nothing owed to the family."

    def check(self) -> None:
        chain = tell(self.history)
        said = chain.said["indemnity"]
        chain.check(indemnity.RULE)
        chain.check(candour.RULE)
        assert described(stands(said)) == sorted(lines(self.owed))
        counted = Counter(snake(type(outcome).__name__) for outcome in said)
        for line in lines(self.said):
            times, kind = line.split()
            assert counted[kind] == int(times.removesuffix("x")), f"{line}: {dict(counted)}"
        reasons = " ".join(reason for outcome in said for reason in outcome.because)
        assert self.because in reasons, reasons


def described(found: Stands) -> list[str]:
    shown = [_marker(one) for one in found.markers if one.standing]
    shown += [_review(one) for one in found.reviews]
    shown += [_update(one) for one in found.updates if one.state != "withdrawn"]
    shown += [_fact(one) for one in found.facts if one.state != "dropped"]
    shown += [f"paid {claim_id} {pounds}" for claim_id, pounds in found.paid().items()]
    return sorted(shown)


def _marker(one: standing.Marker) -> str:
    return " ".join(filter(None, ("marker", one.kind, one.provider, one.evidence, one.correction)))


def _review(one: standing.Review) -> str:
    why = f":{one.withdrawn_why}" if one.state == "withdrawn" else ""
    share = None if one.trust_share_percent is None else f"share={one.trust_share_percent}"
    status = one.reimbursement_status
    reimbursed = None if status is None else f"{status}={one.reimbursement_percent}"
    acts = (one.finding, one.decision, share, reimbursed)
    return " ".join(filter(None, ("review", one.claim_id, one.state + why, *acts)))


def _update(one: standing.FamilyUpdate) -> str:
    state = "update owed" if one.given_at is None else f"update given={_day(one.given_at)}"
    return f"{state} {one.evidence} {one.correction}"


def _fact(one: standing.Fact) -> str:
    when = "" if one.shared_at is None else f"={_day(one.shared_at)}"
    return f"fact {one.state}{when} due={_day(one.due_at)}"


def _day(when: Instant) -> str:
    return f"{at(when):%Y-%m-%d}"
