"""Random histories of claims, verdicts, facts and candour, against what must always hold.

What is said here a second time knows nothing of the rule's folds: it looks at the whole log at once.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st

from rules import candour, indemnity
from rules.indemnity.state import Review
from rules.london import LONDON
from schemas import claim_events as claims
from schemas.event_types import CaseEvent, EventRetracted, Record
from schemas.indemnity_types import IndemnityDecided
from tests.spec.chain import Chain
from tests.spec.claims import ClaimCase, Stands, first_records, stands

Kind = TypeVar("Kind", bound=CaseEvent)
MEMBERS = {"RXX", "RYY"}
PERCENT = st.sampled_from((0, 10, 40, 60, 100))
CLAIM = st.sampled_from(("C-1", "C-1", "C-2"))
FOUND_BY = st.sampled_from(("provider", "somebody_else", "not_said"))


def _words(pattern: str, *values: st.SearchStrategy[Any]) -> st.SearchStrategy[str]:
    return st.tuples(*values).map(lambda found: pattern.format(*found))


PROVIDER = st.sampled_from(("RXX", "RXX", "RXX", "NZZ"))
MONEY = _words("paid {} {}", CLAIM, st.integers(0, 9_999))
ACTS = st.one_of(
    _words("claim {} against={}", CLAIM, PROVIDER),
    _words("close {}", CLAIM),
    _words("finding {} {}", CLAIM, st.sampled_from(("open", "not_open", "cannot_say"))),
    _words("decision {} reduce share={}", CLAIM, PERCENT),
    _words("decision {} {}", CLAIM, st.sampled_from(("none", "remove", "reduce"))),
    _words(
        "reimbursement {} {} {}",
        CLAIM,
        st.sampled_from(("proposed", "decided", "disputed", "settled")),
        PERCENT,
    ),
)
EVIDENCE = st.one_of(
    _words("contravention {} provider={}", st.sampled_from(("court", "cqc")), PROVIDER),
    _words("stated unavoidable to={}", st.sampled_from(("family", "coroner"))),
    _words("stated avoidable to={} found_by={} held={}", st.sampled_from(("family", "internal")), FOUND_BY,
           st.sampled_from(("", "chart", "chart,scan"))),
    st.just("fact"),
)  # fmt: skip
CANDOUR = st.one_of(
    _words("told provider={}", PROVIDER),
    _words("told provider={} at=2013-12-23T10:00", PROVIDER),
    st.just("tick"),
    st.just("tick"),
)
MISTAKE = st.just("retract ?")
STORIES = (
    ("claim C-1 against=RXX", "contravention cqc provider=RXX", "finding C-1 not_open"),
    ("tick", "claim C-1 against=RXX", "finding C-1 not_open", "decision C-1 reduce share=40"),
    ("claim C-1 against=RXX", "finding C-1 open", "reimbursement C-1 decided 60"),
    ("stated unavoidable to=family held=chart", "stated avoidable to=internal held=chart,scan"),
    ("claim C-2 against=RXX", "close C-2", "claim C-2 against=NZZ"),
    ("decision C-1 remove", "paid C-1 700", "reimbursement C-1 settled 40", "retract ?"),
)
"""What belongs together comes together often; chance alone seldom gets as far as a decision."""
WORDS = st.one_of(ACTS, MONEY, EVIDENCE, CANDOUR, MISTAKE).map(lambda one: (one,))
STEP = st.tuples(st.integers(1, 200), st.one_of(WORDS, st.sampled_from(STORIES)), st.integers(0, 99))
STEPS = st.lists(STEP, min_size=5, max_size=16).map(
    lambda steps: [(hours, one, choice) for hours, story, choice in steps for one in story]
)
REPORT = "2013-12-20 09:00  report harm=moderate by=RXX,NZZ"


def history(steps: Sequence[tuple[int, str, int]]) -> list[Record]:
    """The log of one case: each step some hours after the one before; a retraction takes back any of them."""
    case, now = ClaimCase(), datetime(2013, 12, 20, 9, tzinfo=LONDON)
    records = case.records(REPORT)
    labels: list[str] = []
    for number, (hours, words, choice) in enumerate(steps):
        now += timedelta(hours=hours)
        if words.startswith("retract"):
            if not labels:
                continue
            words = f"retract {labels.pop(choice % len(labels))}"
        elif words != "tick":
            labels.append(f"L{number}")
            words = f"L{number}: {words}"
        records += case.records(f"{now:%Y-%m-%d %H:%M}  {words}")
    return records


def told(log: Sequence[Record]) -> Chain:
    chain = Chain((candour.RULE, indemnity.RULE))
    chain.extend(first_records())
    chain.extend(log)
    return chain


def standing(log: Sequence[Record], kind: type[Kind]) -> list[Kind]:
    """Those that nobody took back."""
    mistakes = {one.retracted_event_id for one in log if isinstance(one, EventRetracted)}
    return [one for one in log if isinstance(one, kind) and one.event_id not in mistakes]


def result(chain: Chain) -> Stands:
    return stands(chain.said["indemnity"])


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_what_must_always_hold(steps: list[tuple[int, str, int]]) -> None:
    log = history(steps)
    chain = told(log)
    chain.check(indemnity.RULE)
    found = result(chain)
    opened = standing(log, claims.ClaimOpened)
    ever = {one.event_id: one for one in log if isinstance(one, claims.ClaimOpened)}
    findings = [one for one in log if isinstance(one, claims.OpennessFindingRecorded)]
    for review in found.reviews:
        against = {one.provider for one in ever.values() if one.claim_id == review.claim_id}
        assert review.provider in against & MEMBERS, "a review is of a claim against a member"
        by_reimbursement = review.reimbursement_percent or 0
        by_decision = {"remove": 100, "reduce": review.trust_share_percent or 0}.get(review.decision or "", 0)
        assert by_reimbursement + by_decision <= 100
        if review.decision is not None:
            assert (review.decision == "reduce") == bool(review.trust_share_percent), "a share that is named"
            assert review.claim_id in {one.claim_id for one in opened}
            assert review.finding is not None, "no decision stands without a person's finding"
    for said in chain.said["indemnity"]:
        if isinstance(said, IndemnityDecided):
            decided = next(one for one in log if isinstance(one, CaseEvent) and one.event_id == said.event_id)
            assert isinstance(decided, claims.IndemnityDecisionRecorded), "only a person's record decides"
            assert any(
                one.claim_id == decided.claim_id and log.index(one) < log.index(decided) for one in findings
            )


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_a_review_is_suggested_where_claim_member_and_evidence_meet(
    steps: list[tuple[int, str, int]],
) -> None:
    log = history(steps)
    chain = told(log)
    state = chain.states["indemnity"]
    reviews = [
        one for case in state.cases.values() for one in case.subjects.values() if isinstance(one, Review)
    ]
    duties = [one for of in chain.states["candour"].cases.values() for one in of.obligations.values()]
    for review in reviews:
        claim = _claim(log, review.claim_id)
        if review.decision is not None or claim is None:
            continue
        evidence = (
            any(one.breached and one.provider == claim.provider for one in duties)
            or any(one.provider == claim.provider for one in standing(log, claims.ContraventionRecorded))
            or _contradicted(log)
        )
        assert (review.suggested and review.ended is None) == (evidence and claim.provider in MEMBERS)


def _claim(log: Sequence[Record], claim_id: str) -> claims.ClaimOpened | None:
    """The claim that is open in the end. What was refused when it came stays refused."""
    acts: list[CaseEvent] = []
    for one in log:
        match one:
            case EventRetracted():
                acts = [act for act in acts if act.event_id != one.retracted_event_id]
            case claims.ClaimOpened() if one.claim_id == claim_id and _open(acts) is None:
                acts.append(one)
            case claims.ClaimClosed() if one.claim_id == claim_id and _open(acts) is not None:
                acts.append(one)
    return _open(acts)


def _open(acts: Sequence[CaseEvent]) -> claims.ClaimOpened | None:
    found: claims.ClaimOpened | None = None
    for act in acts:
        found = (found or act) if isinstance(act, claims.ClaimOpened) else None
    return found


def _contradicted(log: Sequence[Record]) -> bool:
    verdicts = standing(log, claims.AvoidabilityStated)
    return any(
        earlier.verdict == "unavoidable" and earlier.to == "family" and later.verdict == "avoidable"
        for place, earlier in enumerate(verdicts)
        for later in verdicts[place + 1 :]
    )


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_the_patient_is_paid_the_same_over_every_path(steps: list[tuple[int, str, int]]) -> None:
    """Trap 9: whatever provider and scheme make of it, in whatever order, the money is what was paid."""
    log = history(steps)
    expected: Counter[str] = Counter()
    for payment in standing(log, claims.PatientPaid):
        expected[payment.claim_id] += payment.pounds
    paid = result(told(log)).paid()
    assert {claim: pounds for claim, pounds in paid.items() if pounds} == +expected
    kept = (claims.PatientPaid, EventRetracted)
    money = [one for one in log if isinstance(one, kept) or not isinstance(one, claims.CLAIM_EVENTS)]
    alone = result(told(money)).paid()
    assert {claim: pounds for claim, pounds in alone.items() if pounds} == +expected


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_litigation_pauses_no_clock_and_hides_nothing(steps: list[tuple[int, str, int]]) -> None:
    """Trap 16: what is owed and said of candour is the same with and without all that is about claims."""
    log = history([step for step in steps if not step[1].startswith("retract")])
    with_claims = told(log).said["candour"]
    without = told([one for one in log if not isinstance(one, claims.CLAIM_EVENTS)]).said["candour"]
    assert with_claims == without


@settings(max_examples=100, deadline=None)
@given(STEPS)
def test_a_log_that_is_heard_twice_says_nothing_new(steps: list[tuple[int, str, int]]) -> None:
    log = history(steps)
    chain = told(log)
    before = len(chain.said["indemnity"])
    chain.extend(one for one in log if isinstance(one, CaseEvent))
    assert len(chain.said["indemnity"]) == before
