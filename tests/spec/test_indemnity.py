"""Markers, reviews, and what persons record about a claim."""

import pytest

from tests.spec.claims import ClaimLaw
from tests.spec.law import Topic

REPORT = "2013-12-20 09:00  report harm=moderate\n"  # due on 8 January 2014
BREACH = REPORT + "2014-01-09 00:01  tick\n"
REVIEW = BREACH + "2014-03-03 10:00  claim C-1\n"
FOUND = REVIEW + "2014-04-01 10:00  finding C-1 not_open\n"
MARKER = "marker breach RXX\n"

TOPIC = Topic(
    "Indemnity: markers, reviews, findings and decisions",
    "A power that was proposed and, as far as found, never came into force: it informs and binds nobody.",
    (
        ClaimLaw(
            "A breach marks the incident, and without a claim there is no review",
            "trap 7; §7",
            BREACH,
            MARKER,
            said="1x evidence_marked\n0x review_suggested",
        ),
        ClaimLaw(
            "A claim that joins a marked incident suggests a review of that claim",
            "trap 7; §7",
            REVIEW,
            MARKER + "review C-1 suggested",
            because="as far as found it never came into force",
        ),
        ClaimLaw(
            "The claim may come first: the breach then suggests the review",
            "trap 7",
            REPORT + "2013-12-23 10:00  claim C-1\n2014-01-09 00:01  tick",
            MARKER + "review C-1 suggested",
            said="1x review_suggested",
        ),
        ClaimLaw(
            "A claim without any marker suggests nothing",
            "trap 6",
            REPORT + "2013-12-23 10:00  told\n2014-01-09 00:01  tick\n2014-03-03 10:00  claim C-1",
            said="1x testimony_taken\n0x review_suggested",
        ),
        ClaimLaw(
            "Each claim has a review of its own",
            "trap 7",
            REVIEW + "2014-03-10 10:00  claim C-2",
            MARKER + "review C-1 suggested\nreview C-2 suggested",
        ),
        ClaimLaw(
            "At a provider that is not a scheme member: the clock runs, a breach marks, no review",
            "trap 34",
            """2013-12-20 09:00  report harm=moderate by=NZZ
            2014-01-09 00:01  tick
            2014-03-03 10:00  claim C-1""",
            "marker breach NZZ",
            said="0x review_suggested",
            because="No review: NZZ is not a scheme member",
        ),
        ClaimLaw(
            "The breach of one provider is no evidence in a claim against another",
            "trap 7",
            """2013-12-20 09:00  report harm=moderate by=RXX,RYY
            2013-12-23 10:00  told provider=RYY
            2014-01-09 00:01  tick
            2014-03-03 10:00  claim C-1 against=RYY
            2014-03-03 11:00  claim C-2 against=RXX""",
            MARKER + "review C-2 suggested",
        ),
        ClaimLaw(
            "Evidence that it was done in time withdraws the marker, and the review with it",
            "§1.9.4; trap 6",
            REVIEW + "2014-03-05 10:00  told at=2014-01-07T11:00",
            "review C-1 withdrawn:markers_withdrawn",
            said="1x marker_withdrawn\n1x review_withdrawn",
        ),
        ClaimLaw(
            "A marker that comes again suggests the review again",
            "§1.9.9",
            REVIEW
            + """2014-03-05 10:00  A: told at=2014-01-07T11:00
            2014-03-06 10:00  retract A
            2014-03-06 10:01  tick""",
            MARKER + "review C-1 suggested",
            said="2x evidence_marked\n2x review_suggested",
        ),
        ClaimLaw(
            "While another marker stands the review stands, and says what it rests on now",
            "trap 6",
            REVIEW
            + """2014-03-04 10:00  contravention cqc
            2014-03-05 10:00  told at=2014-01-07T11:00""",
            "marker contravention RXX\nreview C-1 suggested",
            said="2x review_restated\n0x review_withdrawn",
        ),
        ClaimLaw(
            "A contravention under Regulation 20, recorded by a person, marks without any number of days",
            "§1.9.5",
            """2015-06-01 10:00  report harm=moderate
            2015-09-01 10:00  contravention cqc
            2015-10-01 10:00  claim C-1""",
            "marker contravention RXX\nreview C-1 suggested",
            because="A contravention was found by the Care Quality Commission",
        ),
        ClaimLaw(
            "Elapsed days alone mark nothing under Regulation 20",
            "§1.9.5; trap 18",
            "2015-06-01 10:00  report harm=moderate\n2016-06-01 10:00  tick\n2016-06-02 10:00  claim C-1",
            said="0x evidence_marked",
        ),
        ClaimLaw(
            "A contravention recorded by mistake is retracted",
            "§1.9.9",
            """2015-06-01 10:00  report harm=moderate
            2015-09-01 10:00  A: contravention court
            2015-10-01 10:00  claim C-1
            2015-10-02 10:00  retract A""",
            "review C-1 withdrawn:markers_withdrawn",
        ),
        ClaimLaw(
            "A contravention that does not say which of several providers is refused",
            "bad input",
            "2015-06-01 10:00  report harm=moderate by=RXX,RYY\n2015-09-01 10:00  contravention court",
            said="1x testimony_refused\n0x evidence_marked",
            because="does not say which",
        ),
        ClaimLaw(
            "A finding is recorded by a person, and nothing follows from it by rule",
            "trap 6",
            FOUND,
            MARKER + "review C-1 found not_open",
            said="1x openness_found\n0x indemnity_decided",
            because="nothing is computed from it",
        ),
        ClaimLaw(
            "A decision follows a finding",
            "trap 6; A5 row 38",
            FOUND + "2014-05-01 10:00  decision C-1 reduce share=40",
            MARKER + "review C-1 decided not_open reduce share=40",
            because="The patient is paid all the same",
        ),
        ClaimLaw(
            "A decision without a finding is refused",
            "trap 6; bad input",
            REVIEW + "2014-05-01 10:00  decision C-1 remove",
            MARKER + "review C-1 suggested",
            said="1x testimony_refused\n0x indemnity_decided",
            because="No person has recorded a finding about this claim",
        ),
        ClaimLaw(
            "and does not come to count when a finding follows",
            "trap 6",
            REVIEW + "2014-05-01 10:00  decision C-1 remove\n2014-05-02 10:00  finding C-1 not_open",
            MARKER + "review C-1 found not_open",
        ),
        ClaimLaw(
            "A decision dated before the finding that it rests on is refused",
            "trap 6; bad input",
            FOUND + "2014-04-02 10:00  decision C-1 remove at=2014-03-04T10:00",
            MARKER + "review C-1 found not_open",
            said="1x testimony_refused\n0x indemnity_decided",
            because="before the finding that it rests on, Tuesday 1 April 2014",
        ),
        ClaimLaw(
            "and one of the same day is not, for of a rough time only the day is known",
            "trap 6",
            FOUND + "2014-04-02 10:00  decision C-1 remove at=2014-04-01T09:00",
            MARKER + "review C-1 decided not_open remove",
        ),
        ClaimLaw(
            "A finding dated before its claim was made is refused",
            "trap 6; bad input",
            REVIEW + "2014-04-01 10:00  finding C-1 not_open at=2014-03-02T10:00",
            MARKER + "review C-1 suggested",
            said="1x testimony_refused\n0x openness_found",
            because="before the claim was made, Monday 3 March 2014",
        ),
        ClaimLaw(
            "A claim that was opened again was made when it was first opened",
            "trap 6",
            REVIEW
            + """2014-05-01 10:00  close C-1
            2014-06-01 10:00  claim C-1
            2014-06-02 10:00  finding C-1 not_open at=2014-04-01T10:00""",
            MARKER + "review C-1 found not_open",
        ),
        ClaimLaw(
            "A finding that changes under a decision says so; the decision stays",
            "trap 6; trap 12",
            FOUND + "2014-05-01 10:00  decision C-1 remove\n2014-05-02 10:00  finding C-1 open",
            MARKER + "review C-1 decided open remove",
            said="1x review_restated\n2x openness_found",
            because="The finding changed after the decision; a person may want to look again. "
            "The finding was not `not_open`",
        ),
        ClaimLaw(
            "and so it does where a retraction brings the earlier finding back",
            "trap 12; §1.9.9",
            FOUND
            + """2014-04-10 10:00  A: finding C-1 open
            2014-05-01 10:00  decision C-1 none
            2014-05-02 10:00  retract A""",
            MARKER + "review C-1 decided not_open none",
            said="1x review_restated\n0x decision_withdrawn",
        ),
        ClaimLaw(
            "A finding by a role of the provider is refused, and so is a decision",
            "bad input; A5 row 38",
            REVIEW
            + """2014-04-01 10:00  finding C-1 not_open role=consultant
            2014-04-02 10:00  finding C-1 not_open
            2014-04-03 10:00  decision C-1 remove role=patient_safety_lead""",
            MARKER + "review C-1 found not_open",
            said="2x testimony_refused\n1x openness_found",
            because="consultant is no role of the scheme; these are: auditor, nhsla_director, nhsla_reviewer",
        ),
        ClaimLaw(
            "A finding and a decision are recorded on a closed claim: closing it holds nothing up",
            "trap 6; A5 row 38",
            REVIEW
            + """2014-04-01 10:00  close C-1
            2014-04-02 10:00  finding C-1 not_open
            2014-04-03 10:00  decision C-1 remove""",
            MARKER + "review C-1 decided not_open remove",
            because="The claim is closed.",
        ),
        ClaimLaw(
            "and closing it after the finding withdraws nothing",
            "trap 6; A5 row 38",
            FOUND + "2014-04-02 10:00  close C-1\n2014-04-03 10:00  contravention cqc",
            MARKER + "marker contravention RXX\nreview C-1 found not_open",
            said="0x review_withdrawn",
        ),
        ClaimLaw(
            "A claim opened again against another provider says why what was found does not go over",
            "trap 6; trap 34",
            """2013-12-20 09:00  report harm=moderate by=RXX,RYY
            2014-03-03 10:00  claim C-1 against=RXX
            2014-04-01 10:00  finding C-1 not_open
            2014-04-02 10:00  close C-1
            2014-04-03 10:00  claim C-1 against=RYY""",
            "review C-1 suggested",
            said="1x finding_withdrawn",
            because="The claim was opened again, against RYY: this was about RXX.",
        ),
        ClaimLaw(
            "A finding for a claim that nobody opened is refused",
            "bad input",
            BREACH + "2014-04-01 10:00  finding C-9 not_open",
            MARKER,
            said="1x testimony_refused",
            because="No claim C-9 was opened",
        ),
        ClaimLaw(
            "A finding about a claim against a non-member is refused",
            "trap 34",
            """2013-12-20 09:00  report harm=moderate by=VZZ
            2014-03-03 10:00  claim C-1
            2014-03-04 10:00  finding C-1 not_open""",
            said="1x testimony_refused\n0x openness_found",
            because="VZZ is not a member of the scheme",
        ),
        ClaimLaw(
            "A person may find without a suggestion",
            "A5 row 38",
            REPORT
            + "2014-01-07 11:00  told\n2014-03-03 10:00  claim C-1\n2014-04-01 10:00  finding C-1 open",
            "review C-1 found open",
            because="No review was suggested by rule",
        ),
        ClaimLaw(
            "A decision to reduce after a finding of `open` is a person's, and what is odd is said",
            "trap 6",
            REVIEW + "2014-04-01 10:00  finding C-1 open\n2014-05-01 10:00  decision C-1 reduce share=10",
            MARKER + "review C-1 decided open reduce share=10",
            because="The finding was not `not_open`",
        ),
        ClaimLaw(
            "A finding that is retracted takes the decision with it, visibly",
            "§1.9.9; trap 6",
            REVIEW
            + """2014-04-01 10:00  A: finding C-1 not_open
            2014-05-01 10:00  decision C-1 remove
            2014-05-02 10:00  retract A""",
            MARKER + "review C-1 suggested",
            said="1x finding_withdrawn\n1x decision_withdrawn",
        ),
        ClaimLaw(
            "What is decided stays decided when the markers go, and that they went is said",
            "trap 12",
            FOUND + "2014-05-01 10:00  decision C-1 remove\n2014-05-05 10:00  told at=2014-01-07T11:00",
            "review C-1 decided not_open remove",
            said="1x review_restated\n0x review_withdrawn",
            because="The markers changed after the decision",
        ),
        ClaimLaw(
            "A claim that is closed undecided withdraws its review",
            "A5",
            REVIEW + "2014-05-01 10:00  close C-1",
            MARKER + "review C-1 withdrawn:claim_closed",
        ),
        ClaimLaw(
            "and opened again suggests it again",
            "A5",
            REVIEW + "2014-05-01 10:00  close C-1\n2014-06-01 10:00  claim C-1",
            MARKER + "review C-1 suggested",
            said="2x review_suggested\n1x review_withdrawn",
        ),
        ClaimLaw(
            "A claim that is closed after the decision leaves it standing",
            "A5",
            FOUND + "2014-05-01 10:00  decision C-1 none\n2014-05-02 10:00  close C-1",
            MARKER + "review C-1 decided not_open none",
        ),
        ClaimLaw(
            "A claim that is open already is not opened again",
            "bad input",
            REVIEW + "2014-03-04 10:00  claim C-1",
            MARKER + "review C-1 suggested",
            said="1x testimony_refused\n1x review_suggested",
        ),
        ClaimLaw(
            "A claim entered by mistake is retracted: its review goes, the marker stays on the incident",
            "§1.9.9",
            BREACH + "2014-03-03 10:00  A: claim C-1\n2014-03-04 10:00  retract A",
            MARKER + "review C-1 withdrawn:claim_retracted",
        ),
        ClaimLaw(
            "Records that come twice say nothing new",
            "out of order and repeated",
            BREACH
            + """2014-03-03 10:00  A: claim C-1
            2014-03-03 10:01  again A
            2014-04-01 10:00  B: finding C-1 not_open
            2014-04-01 10:01  again B
            2014-04-02 10:00  C: paid C-1 500
            2014-04-02 10:01  again C
            2014-04-03 10:00  retract C
            2014-04-03 10:01  again C""",
            MARKER + "review C-1 found not_open\npaid C-1 0",
            said="1x review_suggested\n1x openness_found\n1x payment_counted\n1x payment_withdrawn",
        ),
        ClaimLaw(
            "A link between reports is said in the review; it silences nothing",
            "§1.9.10",
            BREACH + "2014-02-01 10:00  linked duplicate harm=moderate\n2014-03-03 10:00  claim C-1",
            MARKER + "review C-1 suggested",
            because="this one being the duplicate: look there too",
        ),
        ClaimLaw(
            "A claim in a case with a linked one says that the other's evidence marks nothing here",
            "§1.9.10; trap 7",
            REPORT
            + """2013-12-23 10:00  told
            2014-02-01 10:00  linked primary harm=moderate
            2014-03-03 10:00  claim C-1""",
            said="0x review_suggested",
            because="marks nothing here: a person must look there too",
        ),
        ClaimLaw(
            "and so does a link that comes after the claim",
            "§1.9.10; trap 7",
            REPORT
            + """2013-12-23 10:00  told
            2014-02-01 10:00  claim C-1
            2014-03-03 10:00  linked primary harm=moderate""",
            said="0x review_suggested",
            because="marks nothing here: a person must look there too",
        ),
    ),
)


@pytest.mark.parametrize("law", TOPIC.cases, ids=str)
def test_law(law: ClaimLaw) -> None:
    law.check()
