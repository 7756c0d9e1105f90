"""What a provider may bear, and what the patient gets whatever that is."""

import pytest

from tests.spec.claims import ClaimLaw
from tests.spec.law import Topic

FOUND = """2013-12-20 09:00  report harm=moderate
2014-01-09 00:01  tick
2014-03-03 10:00  claim C-1
2014-04-01 10:00  finding C-1 not_open
"""
MARKER = "marker breach RXX\n"

TOPIC = Topic(
    "Indemnity: reimbursement, and the patient's payment",
    "Decision and reimbursement are two mechanisms for one share; the patient is paid all the same.",
    (
        ClaimLaw(
            "A reimbursement is proposed, decided, disputed and settled; the last of it stands",
            "A5 row 40",
            FOUND
            + """2014-05-01 10:00  reimbursement C-1 proposed 50
            2014-05-02 10:00  reimbursement C-1 disputed 50
            2014-05-03 10:00  reimbursement C-1 settled 30""",
            MARKER + "review C-1 found not_open settled=30",
            said="3x reimbursement_stated",
        ),
        ClaimLaw(
            "A reimbursement before any finding is refused",
            "trap 6",
            FOUND.rsplit("2014-04-01", 1)[0] + "2014-05-01 10:00  reimbursement C-1 proposed 50",
            MARKER + "review C-1 suggested",
            said="1x testimony_refused",
        ),
        ClaimLaw(
            "Decision and reimbursement together may reach the whole",
            "trap 8",
            FOUND
            + """2014-05-01 10:00  decision C-1 reduce share=40
            2014-05-02 10:00  reimbursement C-1 decided 60""",
            MARKER + "review C-1 decided not_open reduce share=40 decided=60",
            because="With the decision the share of the provider comes to 100 %",
        ),
        ClaimLaw(
            "but never more: the reimbursement is refused",
            "trap 8",
            FOUND
            + """2014-05-01 10:00  decision C-1 reduce share=40
            2014-05-02 10:00  reimbursement C-1 decided 61""",
            MARKER + "review C-1 decided not_open reduce share=40",
            said="1x testimony_refused",
            because="The provider would bear 101 % of the claim",
        ),
        ClaimLaw(
            "and the other way round the decision is",
            "trap 8",
            FOUND + "2014-05-01 10:00  reimbursement C-1 decided 10\n2014-05-02 10:00  decision C-1 remove",
            MARKER + "review C-1 found not_open decided=10",
            said="1x testimony_refused",
        ),
        ClaimLaw(
            "A retraction that would bring an earlier share back above the whole does not",
            "trap 8; §1.9.9",
            FOUND
            + """2014-05-01 10:00  reimbursement C-1 decided 60
            2014-05-02 10:00  A: reimbursement C-1 decided 10
            2014-05-03 10:00  decision C-1 reduce share=90
            2014-05-04 10:00  retract A""",
            MARKER + "review C-1 found not_open decided=60",
            said="1x decision_withdrawn",
        ),
        ClaimLaw(
            "A share with a decision that changes nothing is refused",
            "trap 8; bad input",
            FOUND + "2014-05-01 10:00  decision C-1 none share=20",
            MARKER + "review C-1 found not_open",
            said="1x testimony_refused",
        ),
        ClaimLaw(
            "To remove and leave a part is refused: what is removed is the whole",
            "trap 8; bad input",
            FOUND + "2014-05-01 10:00  decision C-1 remove share=30",
            MARKER + "review C-1 found not_open",
            said="1x testimony_refused",
            because="leaves the whole to the provider, and not 30 %",
        ),
        ClaimLaw(
            "To reduce without a share is refused, so that the whole of a reimbursement is still the whole",
            "trap 8; bad input",
            FOUND
            + """2014-05-01 10:00  decision C-1 reduce
            2014-05-02 10:00  decision C-1 reduce share=0
            2014-05-03 10:00  reimbursement C-1 decided 100""",
            MARKER + "review C-1 found not_open decided=100",
            said="2x testimony_refused",
            because="names no share that would be borne",
        ),
        ClaimLaw(
            "The patient is paid while provider and scheme argue",
            "trap 9; A5 row 39",
            FOUND
            + """2014-04-10 10:00  paid C-1 20000
            2014-05-01 10:00  decision C-1 remove
            2014-05-02 10:00  paid C-1 5000""",
            MARKER + "review C-1 decided not_open remove\npaid C-1 25000",
        ),
        ClaimLaw(
            "A payment counts before the claim is known, after it is closed, and at a non-member",
            "trap 9",
            """2013-12-20 09:00  report harm=moderate by=NZZ
            2014-02-01 10:00  paid C-1 1000
            2014-03-03 10:00  claim C-1
            2014-04-03 10:00  close C-1
            2014-05-03 10:00  paid C-1 500""",
            "paid C-1 1500",
        ),
        ClaimLaw(
            "A payment recorded by mistake is retracted",
            "§1.9.9",
            FOUND + "2014-05-01 10:00  A: paid C-1 20000\n2014-05-02 10:00  retract A",
            MARKER + "review C-1 found not_open\npaid C-1 0",
        ),
    ),
)


@pytest.mark.parametrize("law", TOPIC.cases, ids=str)
def test_law(law: ClaimLaw) -> None:
    law.check()
