"""Met, late, breached, withdrawn under the contract."""

import pytest

from tests.spec.law import Law, Topic

REPORT = "2013-12-20 09:00  report harm=moderate\n"  # due on 8 January 2014

TOPIC = Topic(
    "Met, late, breached, withdrawn",
    "A tick after the due time says a breach if nothing before it satisfies in time; evidence withdraws it.",
    (
        Law(
            "Before the due second has passed nothing is breached",
            "§1.9.4",
            REPORT + "2014-01-08 23:59:59  tick",
            "report SC35_2013 met\ntell SC35_2013 open due=2014-01-08",
            said="0x obligation_breached",
        ),
        Law(
            "The first tick after it says the breach",
            "§1.9.4",
            REPORT + "2014-01-09 00:00  tick",
            "report SC35_2013 met\ntell SC35_2013 breached due=2014-01-08",
            said="1x obligation_breached",
        ),
        Law(
            "A breach is said once, however many ticks follow",
            "§1.9.4",
            REPORT + "2014-01-09 00:00  tick\n2014-01-09 00:01  tick\n2014-02-01 00:00  tick",
            "report SC35_2013 met\ntell SC35_2013 breached",
            said="1x obligation_breached",
        ),
        Law(
            "Without a tick there is no breach, however late the evidence",
            "§1.9.4",
            REPORT + "2014-03-01 10:00  told",
            "report SC35_2013 met\ntell SC35_2013 met_late\nexplain SC35_2013 open",
            said="0x obligation_breached",
        ),
        Law(
            "Told in time: met",
            "§1.9.4",
            REPORT + "2014-01-07 11:00  told\n2014-01-09 00:00  tick",
            "report SC35_2013 met\ntell SC35_2013 met\nexplain SC35_2013 open",
            said="0x obligation_breached",
        ),
        Law(
            "Told at the very last second: met",
            "§1.9.4, §2",
            REPORT + "2014-01-08 23:59:59  told\n2014-01-09 00:00  tick",
            "report SC35_2013 met\ntell SC35_2013 met\nexplain SC35_2013 open",
        ),
        Law(
            "Told at midnight: met late, and the tick says the breach beside it",
            "§1.9.4, §2",
            REPORT + "2014-01-09 00:00  told\n2014-01-09 00:01  tick",
            "report SC35_2013 met\ntell SC35_2013 met_late breach-stands\nexplain SC35_2013 open",
            said="1x obligation_breached",
        ),
        Law(
            "Told after the breach: met late, and the breach stands for ever",
            "§1.9.4",
            REPORT + "2014-01-09 00:01  tick\n2014-01-10 11:00  told\n2014-02-09 00:01  tick",
            "report SC35_2013 met\ntell SC35_2013 met_late breach-stands\nexplain SC35_2013 open",
            said="1x obligation_breached\n1x obligation_met_late\n0x breach_withdrawn",
        ),
        Law(
            "Recorded after the breach, dated before the due time: the breach is withdrawn, the duty met",
            "§1.9.4",
            REPORT + "2014-01-09 00:01  tick\n2014-01-10 11:00  told at=2014-01-07T11:00",
            "report SC35_2013 met\ntell SC35_2013 met\nexplain SC35_2013 open",
            said="1x obligation_breached\n1x breach_withdrawn\n2x obligation_met",
        ),
        Law(
            "First late evidence, then better evidence: met late becomes met",
            "§1.9.4",
            REPORT
            + """2014-01-09 00:01  tick
            2014-01-10 11:00  told
            2014-01-11 11:00  told at=2014-01-07T11:00""",
            "report SC35_2013 met\ntell SC35_2013 met\nexplain SC35_2013 open starts=2014-01-07T11:00",
            said="1x breach_withdrawn",
        ),
        Law(
            "First timely evidence, then late evidence: it stays met",
            "§1.9.4",
            REPORT + "2014-01-07 11:00  told\n2014-01-20 11:00  told\n2014-01-21 00:00  tick",
            "report SC35_2013 met\ntell SC35_2013 met\nexplain SC35_2013 open",
        ),
        Law(
            "Of two late dates the earlier one counts",
            "§1.9.4",
            REPORT + "2014-01-20 11:00  told\n2014-01-21 11:00  told at=2014-01-10T11:00",
            "report SC35_2013 met\ntell SC35_2013 met_late\nexplain SC35_2013 open starts=2014-01-10T11:00",
        ),
        Law(
            "An apology alone is not enough",
            "§1.7 trap 2",
            REPORT + "2014-01-07 11:00  told without=facts\n2014-01-09 00:01  tick",
            "report SC35_2013 met\ntell SC35_2013 breached",
        ),
        Law(
            "Without an apology it is not enough",
            "§1.8 tell",
            REPORT + "2014-01-07 11:00  told without=apology\n2014-01-09 00:01  tick",
            "report SC35_2013 met\ntell SC35_2013 breached",
        ),
        Law(
            "Without the offer of a written notification it is not enough under the contract",
            "§1.8 tell",
            REPORT + "2014-01-07 11:00  told without=offer\n2014-01-09 00:01  tick",
            "report SC35_2013 met\ntell SC35_2013 breached",
        ),
        Law(
            "In person where possible: by telephone satisfies the contract",
            "§1.8 tell",
            REPORT + "2014-01-07 11:00  told without=in_person,enquiries,record",
            "report SC35_2013 met\ntell SC35_2013 met\nexplain SC35_2013 open",
        ),
        Law(
            "A letter does not tell",
            "§1.7 trap 3",
            REPORT + "2014-01-07 11:00  letter facts enquiries apology results\n2014-01-09 00:01  tick",
            "report SC35_2013 met\ntell SC35_2013 breached",
        ),
        Law(
            "What is missing cannot be gathered from two notifications",
            "§1.8 tell, all in one notification",
            REPORT + "2014-01-06 11:00  told without=apology\n2014-01-07 11:00  told without=facts\n"
            "2014-01-09 00:01  tick",
            "report SC35_2013 met\ntell SC35_2013 breached",
        ),
        Law(
            "Warned three and one working days ahead",
            "§1.7, policy",
            REPORT + "2014-01-03 00:00  tick\n2014-01-06 00:00  tick\n2014-01-07 00:00  tick",
            "report SC35_2013 met\ntell SC35_2013 open",
            said="2x deadline_warned",
        ),
        Law(
            "A late tick brings the warnings that were missed, each once",
            "peers' defect 2",
            REPORT + "2014-01-08 12:00  tick\n2014-01-08 12:01  tick",
            "report SC35_2013 met\ntell SC35_2013 open",
            said="2x deadline_warned",
        ),
        Law(
            "A tick that is later still warns of nothing that it also breaches",
            "design §4",
            REPORT + "2014-02-01 12:00  tick",
            "report SC35_2013 met\ntell SC35_2013 breached",
            said="0x deadline_warned\n1x obligation_breached",
        ),
        Law(
            "What is met is not warned of",
            "§1.9.4",
            REPORT + "2013-12-23 10:00  told\n2014-01-07 12:00  tick",
            "report SC35_2013 met\ntell SC35_2013 met\nexplain SC35_2013 open",
            said="0x deadline_warned",
        ),
        Law(
            "The explanation is given",
            "§1.7 CLK-03",
            REPORT + "2013-12-23 10:00  told\n2013-12-30 10:00  explained",
            "report SC35_2013 met\ntell SC35_2013 met\nexplain SC35_2013 met",
        ),
        Law(
            "The report of the investigation is shared in time",
            "§1.7 CLK-04",
            """2013-06-03 10:00  report harm=moderate
            2013-06-04 10:00  told
            2013-09-02 10:00  investigated
            2013-09-10 10:00  findings
            2013-09-17 10:00  tick""",
            """report SC35_2013 met
            tell SC35_2013 met
            explain SC35_2013 open
            share_findings SC35_2013 met due=2013-09-16""",
        ),
        Law(
            "The report of the investigation is not shared: that too is a breach",
            "§1.7 CLK-04",
            """2013-06-03 10:00  report harm=moderate
            2013-06-04 10:00  told
            2013-09-02 10:00  investigated
            2013-09-17 10:00  tick""",
            """report SC35_2013 met
            tell SC35_2013 met
            explain SC35_2013 open
            share_findings SC35_2013 breached due=2013-09-16""",
        ),
        Law(
            "A breach stands when a record that was held up arrives with the time at which it was recorded",
            "§1.9.4, disorder",
            """2013-06-03 10:00  report harm=moderate
            2013-06-04 10:00  A: attempt lost
            2013-06-18 00:01  tick
            2013-06-18 00:02  again A""",
            "report SC35_2013 met\ntell SC35_2013 breached",
            said="0x breach_withdrawn",
        ),
        Law(
            "and when one is repeated of which nothing had been said",
            "§1.9.4, duplicates",
            """2013-06-03 10:00  report harm=low
            2013-06-03 11:00  A: enrich noticed=2013-06-03T09:00
            2013-06-03 12:00  regrade low moderate
            2013-06-18 00:01  tick
            2013-06-18 00:02  again A""",
            "tell SC35_2013 breached",
            said="0x breach_withdrawn",
        ),
    ),
)


@pytest.mark.parametrize("law", TOPIC.cases, ids=str)
def test_law(law: Law) -> None:
    law.check()
