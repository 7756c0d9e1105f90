"""Discharge where the relevant person declines or cannot be contacted."""

import pytest

from tests.spec.law import Law, Topic

STATUTE = "2015-06-01 10:00  report harm=moderate\n2015-06-02 10:00  determined yes\n"
CONTRACT = "2013-12-20 09:00  report harm=moderate\n"  # due on 8 January 2014

TOPIC = Topic(
    "Discharge, Regulation 20(5)",
    "Declined or uncontactable, with attempts logged: discharged, counted apart from met.",
    (
        Law(
            "An attempt and a refusal discharge the duty to tell",
            "Regulation 20(5), §1.9.6",
            STATUTE + "2015-06-03 10:00  attempt\n2015-06-04 10:00  declined",
            "tell REG20_2015 discharged",
            said="1x obligation_discharged\n0x obligation_met",
        ),
        Law(
            "An attempt alone never discharges, even where its result says declined",
            "§1.9.6",
            STATUTE + "2015-06-03 10:00  attempt declined\n2015-06-04 10:00  attempt uncontactable",
            "tell REG20_2015 open",
        ),
        Law(
            "A refusal without a logged attempt does not discharge",
            "§1.9.6, §11.5",
            STATUTE + "2015-06-04 10:00  declined",
            "tell REG20_2015 open",
        ),
        Law(
            "The attempt may be logged after the refusal",
            "§1.9.6, out of order",
            STATUTE + "2015-06-04 10:00  declined\n2015-06-05 10:00  attempt at=2015-06-03T10:00",
            "tell REG20_2015 discharged",
        ),
        Law(
            "Having told, they decline letters: writing is discharged, telling stays met",
            "§1.9.6",
            STATUTE
            + """2015-06-03 10:00  told
            2015-06-04 10:00  attempt
            2015-06-05 10:00  declined""",
            "tell REG20_2015 met\nwrite REG20_2015 discharged",
        ),
        Law(
            "Findings are not discharged by it",
            "§1.9.6 tell and write only",
            STATUTE
            + """2015-06-03 10:00  told
            2015-06-04 10:00  investigated
            2015-06-04 11:00  attempt
            2015-06-05 10:00  declined""",
            "tell REG20_2015 met\nwrite REG20_2015 discharged\nshare_findings REG20_2015 open",
        ),
        Law(
            "Under the contract too, and then there is no breach",
            "§1.7 CLK-02",
            CONTRACT + "2014-01-03 10:00  attempt\n2014-01-06 10:00  declined\n2014-01-09 00:01  tick",
            "report SC35_2013 met\ntell SC35_2013 discharged",
            said="0x obligation_breached",
        ),
        Law(
            "Declined at the very second of the due time is in time",
            "§1.9.6, §2",
            CONTRACT + "2014-01-03 10:00  attempt\n2014-01-08 23:59:59  declined\n2014-01-09 00:01  tick",
            "report SC35_2013 met\ntell SC35_2013 discharged",
        ),
        Law(
            "Declined after the due time: discharged, and the breach stands",
            "§1.9.6",
            CONTRACT + "2014-01-03 10:00  attempt\n2014-01-09 00:01  tick\n2014-01-10 10:00  declined",
            "report SC35_2013 met\ntell SC35_2013 discharged breach-stands",
            said="1x obligation_breached\n0x breach_withdrawn",
        ),
        Law(
            "Declined after the due time and before the tick: the tick still says the breach",
            "§1.9.4, §1.9.6",
            CONTRACT + "2014-01-03 10:00  attempt\n2014-01-09 00:01  declined\n2014-01-09 00:02  tick",
            "report SC35_2013 met\ntell SC35_2013 discharged breach-stands",
            said="1x obligation_breached",
        ),
        Law(
            "Declined in time and recorded late withdraws the breach",
            "§1.9.4",
            CONTRACT
            + """2014-01-03 10:00  attempt
            2014-01-09 00:01  tick
            2014-01-10 10:00  declined at=2014-01-06T10:00""",
            "report SC35_2013 met\ntell SC35_2013 discharged",
            said="1x breach_withdrawn",
        ),
        Law(
            "What was recorded before the due time and comes after the tick takes no breach back by that",
            "§1.9.4, out of order",
            CONTRACT + "2014-01-09 00:01  tick\n2014-01-08 10:00  attempt",
            "report SC35_2013 met\ntell SC35_2013 breached",
            said="1x obligation_breached\n0x breach_withdrawn",
        ),
        Law(
            "Contact re-established reopens",
            "§1.9.6",
            STATUTE
            + "2015-06-03 10:00  attempt\n2015-06-04 10:00  declined\n2015-06-20 10:00  attempt reached",
            "tell REG20_2015 open",
            said="1x obligation_discharged\n1x obligation_reopened",
        ),
        Law(
            "Contact re-established and recorded before the refusal was",
            "§1.9.6, out of order",
            STATUTE
            + """2015-06-20 10:00  attempt reached
            2015-06-21 10:00  declined at=2015-06-04T10:00""",
            "tell REG20_2015 open",
        ),
        Law(
            "Reached, and declined in the same conversation",
            "§1.9.6",
            STATUTE
            + "2015-06-04 10:00  declined\n"
            + "2015-06-04 10:01  attempt reached at=2015-06-04T10:00\n"
            + "2015-06-04 10:02  attempt reached at=2015-06-04T10:00",
            "tell REG20_2015 discharged",
        ),
        Law(
            "Contact re-established, then told",
            "§1.9.6",
            STATUTE
            + """2015-06-03 10:00  attempt
            2015-06-04 10:00  declined
            2015-06-20 10:00  attempt reached
            2015-06-21 10:00  told""",
            "tell REG20_2015 met\nwrite REG20_2015 open",
        ),
        Law(
            "Contact re-established before any determination leaves it provisional",
            "§1.9.6, §11.1",
            """2015-06-01 10:00  report harm=moderate
            2015-06-03 10:00  attempt
            2015-06-04 10:00  declined
            2015-06-20 10:00  attempt reached""",
            "tell REG20_2015 provisional",
        ),
        Law(
            "Discharged in time, contact made after the due time: open, and no breach",
            "§1.9.4, §1.9.6",
            CONTRACT
            + """2014-01-03 10:00  attempt
            2014-01-06 10:00  declined
            2014-01-20 10:00  attempt reached
            2014-01-21 10:00  tick""",
            "report SC35_2013 met\ntell SC35_2013 open",
            said="0x obligation_breached",
        ),
        Law(
            "Refused in time, and nobody had tried before the due time: discharged, and the breach stands",
            "§1.9.6 at least one logged attempt; dated after the due time, the breach stands",
            CONTRACT
            + """2014-01-06 10:00  declined
            2014-01-09 00:01  tick
            2014-01-20 10:00  attempt""",
            "report SC35_2013 met\ntell SC35_2013 discharged breach-stands",
            said="1x obligation_breached\n0x breach_withdrawn",
        ),
        Law(
            "and where the first attempt reaches them, it was never discharged",
            "§1.9.6",
            CONTRACT
            + """2014-01-06 10:00  declined
            2014-01-09 00:01  tick
            2014-01-20 10:00  attempt reached""",
            "report SC35_2013 met\ntell SC35_2013 breached",
            said="1x obligation_breached\n0x breach_withdrawn",
        ),
        Law(
            "Contact re-established in good time reopens: untold by the due time, it is breached",
            "§1.9.4, §1.9.6 contact re-established later reopens",
            CONTRACT
            + """2013-12-23 10:00  attempt
            2013-12-24 10:00  declined
            2013-12-27 10:00  attempt reached
            2014-01-09 00:01  tick""",
            "report SC35_2013 met\ntell SC35_2013 breached",
            said="1x obligation_breached",
        ),
        Law(
            "and told after the due time it is met late",
            "§1.9.4, §1.9.6",
            CONTRACT
            + """2013-12-23 10:00  attempt
            2013-12-24 10:00  declined
            2013-12-27 10:00  attempt reached
            2014-01-09 00:01  tick
            2014-01-10 10:00  told""",
            "report SC35_2013 met\ntell SC35_2013 met_late breach-stands\nexplain SC35_2013 open",
        ),
        Law(
            "also where that contact comes to be known after the telling",
            "§1.9.4, out of order",
            CONTRACT
            + """2013-12-23 10:00  attempt
            2013-12-24 10:00  declined
            2014-01-09 00:01  tick
            2014-01-10 10:00  told
            2014-01-11 10:00  attempt reached at=2013-12-27T10:00
            2014-01-11 10:01  tick""",
            "report SC35_2013 met\ntell SC35_2013 met_late breach-stands\nexplain SC35_2013 open",
        ),
        Law(
            "also where a tick had said already that there was no breach",
            "§1.9.4, out of order",
            CONTRACT
            + """2013-12-23 10:00  attempt
            2013-12-24 10:00  declined
            2014-01-20 10:00  attempt reached
            2014-01-21 00:01  tick
            2014-01-22 10:00  attempt reached at=2013-12-27T10:00
            2014-01-22 10:01  tick""",
            "report SC35_2013 met\ntell SC35_2013 breached",
            said="1x obligation_breached",
        ),
        Law(
            "To meet them and tell them is to make contact: the letter is owed",
            "§1.4 20(4) follows the notification, §1.9.6",
            STATUTE
            + """2015-06-03 10:00  attempt
            2015-06-04 10:00  declined
            2015-06-21 10:00  told""",
            "tell REG20_2015 met\nwrite REG20_2015 open",
        ),
        Law(
            "To meet them without an apology is to make contact too: to tell is still owed",
            "§1.4, §1.9.6",
            STATUTE
            + """2015-06-03 10:00  attempt
            2015-06-04 10:00  declined
            2015-06-21 10:00  told without=apology""",
            "tell REG20_2015 open",
        ),
        Law(
            "Contact re-established opens nothing that a determination has closed",
            "§1.9.3, §1.9.6",
            """2015-06-01 10:00  report harm=moderate
            2015-06-03 10:00  attempt
            2015-06-04 10:00  declined
            2015-06-05 10:00  determined no
            2015-06-20 10:00  attempt reached""",
            "tell REG20_2015 stood_down",
        ),
        Law(
            "nor in a case that was linked as a duplicate: it is owed under the other",
            "§1.9.6, §1.9.10",
            """2013-06-03 10:00  report harm=moderate
            2013-06-04 10:00  attempt
            2013-06-05 10:00  declined
            2013-06-06 10:00  linked duplicate
            2013-06-07 10:00  attempt reached""",
            "report SC35_2013 met\ntell SC35_2013 merged",
        ),
        Law(
            "and if the refusal was then entered by mistake, the next tick says the breach",
            "§1.9.4, §1.9.9",
            CONTRACT
            + """2014-01-03 10:00  attempt
            2014-01-06 10:00  A: declined
            2014-01-20 10:00  attempt reached
            2014-01-21 10:00  tick
            2014-01-22 10:00  retract A
            2014-01-23 10:00  tick""",
            "report SC35_2013 met\ntell SC35_2013 breached",
            said="1x obligation_breached",
        ),
    ),
)


@pytest.mark.parametrize("law", TOPIC.cases, ids=str)
def test_law(law: Law) -> None:
    law.check()
