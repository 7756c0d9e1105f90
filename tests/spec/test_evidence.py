"""Evidence late, early, repeated, out of order, dated in the future, for an unknown case."""

import pytest

from tests.spec.law import Law, Topic

REPORT = "2013-06-03 10:00  report harm=moderate\n"  # due on 17 June
MET = "report SC35_2013 met\ntell SC35_2013 met\nexplain SC35_2013 open"
OPEN = "report SC35_2013 met\ntell SC35_2013 open"

TOPIC = Topic(
    "Evidence in every order",
    "Out of order, repeated, late, early, dated in the future: each has its answer.",
    (
        Law(
            "Told before it was reported",
            "§1.9.4",
            REPORT + "2013-06-04 10:00  told at=2013-06-02T10:00",
            MET,
        ),
        Law(
            "Repeated evidence changes nothing",
            "design §4",
            REPORT + "2013-06-04 10:00  A: told\n2013-06-05 10:00  again A\n2013-06-18 10:00  again A",
            MET,
            said="1x evidence_taken\n2x obligation_met",
        ),
        Law(
            "A repeated report opens nothing twice",
            "design §4",
            "2013-06-03 10:00  A: report harm=moderate\n2013-06-03 10:01  again A\n2013-06-20 10:00  again A",
            OPEN,
            said="2x obligation_opened",
        ),
        Law(
            "A repeated refusal, with the breach between",
            "design §4",
            REPORT
            + """2013-06-04 10:00  A: attempt
            2013-06-18 10:00  tick
            2013-06-19 10:00  again A""",
            "report SC35_2013 met\ntell SC35_2013 breached",
            said="1x evidence_taken\n1x obligation_breached",
        ),
        Law(
            "A repeated or backward tick is ignored",
            "design §3",
            REPORT + "2013-06-18 10:00  tick\n2013-06-18 10:00  tick\n2013-06-12 10:00  tick",
            "report SC35_2013 met\ntell SC35_2013 breached",
            said="1x obligation_breached\n0x deadline_warned",
        ),
        Law(
            "Evidence dated in the future is noted and does not count",
            "§1.9.4, readings",
            REPORT + "2013-06-04 10:00  told at=2013-06-10T10:00",
            OPEN,
            because="after it was recorded: it cannot count",
        ),
        Law(
            "Ten minutes ahead is a clock that runs fast",
            "readings",
            REPORT + "2013-06-04 10:00  told at=2013-06-04T10:10",
            MET,
        ),
        Law(
            "Eleven minutes are not",
            "readings",
            REPORT + "2013-06-04 10:00  told at=2013-06-04T10:11",
            OPEN,
        ),
        Law(
            "Evidence dated before the incident occurred does not count",
            "readings",
            "2013-06-03 10:00  report harm=moderate occurred=2013-06-02T10:00\n"
            "2013-06-04 10:00  told at=2013-06-01T10:00",
            OPEN,
            because="before the incident occurred: it cannot count",
        ),
        Law(
            "Evidence for a case that no rule has heard of is kept, and counts when the duty comes",
            "design §4",
            """2013-06-03 10:00  report harm=low
            2013-06-04 10:00  told
            2013-06-10 10:00  regrade low severe""",
            "tell SC35_2013 met\nexplain SC35_2013 open",
        ),
        Law(
            "Evidence of which the report is not on the log is held, and opens nothing by itself",
            "design §4",
            "2013-06-03 10:00  report harm=moderate lost\n2013-06-04 10:00  told\n2013-06-18 10:00  tick",
            said="1x evidence_taken\n0x obligation_opened",
            because="no report of the case is on the log before it: it is held",
        ),
        Law(
            "When the report comes after it, and after the due time, what was held counts: met, no breach",
            "design §4, §1.9.4",
            """2013-06-03 10:00  R: report harm=moderate lost
            2013-06-04 10:00  told
            2013-06-18 10:00  tick
            2013-06-19 10:00  again R
            2013-06-19 10:01  tick""",
            "report SC35_2013 met due=2013-06-17\ntell SC35_2013 met due=2013-06-17\nexplain SC35_2013 open",
            said="0x obligation_breached",
        ),
        Law(
            "and where what was held does not satisfy, the next tick says the breach",
            "design §4, §1.9.4",
            """2013-06-03 10:00  R: report harm=moderate lost
            2013-06-04 10:00  attempt
            2013-06-18 10:00  tick
            2013-06-19 10:00  again R
            2013-06-19 10:01  tick""",
            "report SC35_2013 met\ntell SC35_2013 breached",
            said="1x obligation_breached",
        ),
        Law(
            "An attempt before the duty counts for a refusal after it",
            "§1.9.6, early evidence",
            """2013-06-03 10:00  report harm=low
            2013-06-04 10:00  attempt
            2013-06-10 10:00  regrade low severe
            2013-06-11 10:00  declined""",
            "tell SC35_2013 discharged",
        ),
        Law(
            "The explanation is recorded before the telling",
            "out of order",
            REPORT + "2013-06-04 10:00  explained\n2013-06-05 10:00  told at=2013-06-03T12:00",
            "report SC35_2013 met\ntell SC35_2013 met\nexplain SC35_2013 met",
        ),
        Law(
            "Findings are recorded before the investigation",
            "out of order",
            REPORT + "2013-06-10 10:00  findings\n2013-06-11 10:00  investigated at=2013-06-07T10:00",
            OPEN + "\nshare_findings SC35_2013 met",
        ),
        Law(
            "Support changes nothing",
            "Regulation 20(2)(b), §1.8",
            REPORT + "2013-06-04 10:00  support",
            OPEN,
            said="0x evidence_taken",
        ),
        Law(
            "What the reporter is told changes nothing",
            "§8",
            REPORT + "2013-06-04 10:00  feedback changed",
            OPEN,
            said="0x evidence_taken",
        ),
        Law(
            "A correction of awareness moves what counts from awareness",
            "§1.9.1",
            "2015-06-01 10:00  report harm=moderate\n2015-06-02 10:00  enrich noticed=2015-05-20T10:00",
            "tell REG20_2015 provisional target=2015-06-04 starts=2015-05-20T10:00",
            said="1x obligation_redated",
        ),
        Law(
            "and leaves alone what counts from the report",
            "§1.9.1",
            REPORT + "2013-06-05 10:00  enrich noticed=2013-05-30T10:00",
            "report SC35_2013 met due=2013-06-13\ntell SC35_2013 open due=2013-06-17",
        ),
    ),
)


@pytest.mark.parametrize("law", TOPIC.cases, ids=str)
def test_law(law: Law) -> None:
    law.check()
