"""Standing down, and the second person."""

import pytest

from tests.spec.law import Law, Topic

REPORT = "2013-12-20 09:00  report harm=moderate\n"  # due on 8 January 2014
TELL = "of=tell/SC35_2013"

TOPIC = Topic(
    "Standing down",
    "A person closes a duty with a reason; near the time set or the threshold, two persons.",
    (
        Law(
            "In time and far from the due time one person is enough",
            "§1.9.7",
            REPORT + f"2013-12-23 10:00  stand_down {TELL}\n2014-01-09 00:01  tick",
            "report SC35_2013 met\ntell SC35_2013 stood_down",
            said="0x obligation_breached",
        ),
        Law(
            "All that is open may be meant",
            "§1.9.8",
            REPORT + "2013-12-23 10:00  stand_down",
            "report SC35_2013 met\ntell SC35_2013 stood_down",
        ),
        Law(
            "Four working days before the due time one person is enough",
            "§1.9.7",
            REPORT + f"2014-01-02 10:00  stand_down {TELL}",
            "report SC35_2013 met\ntell SC35_2013 stood_down",
        ),
        Law(
            "Three working days before it takes two",
            "§1.9.7",
            REPORT + f"2014-01-03 10:00  stand_down {TELL}",
            "report SC35_2013 met\ntell SC35_2013 open",
            said="1x stand_down_refused",
            because="within 3 working days",
        ),
        Law(
            "and with two it is closed",
            "§1.9.7",
            REPORT + f"2014-01-03 10:00  stand_down {TELL} second=director\n2014-01-09 00:01  tick",
            "report SC35_2013 met\ntell SC35_2013 stood_down",
            said="0x obligation_breached",
        ),
        Law(
            "After harm fell below moderate it takes two",
            "§1.9.7",
            REPORT + f"2013-12-23 10:00  regrade moderate low\n2013-12-24 10:00  stand_down {TELL}",
            "report SC35_2013 met\ntell SC35_2013 open",
            said="1x stand_down_refused",
            because="graded down from moderate",
        ),
        Law(
            "and where harm had risen since the duty opened: a duty for harm that may still follow",
            "§1.9.7 trap 13",
            """2015-06-01 10:00  report harm=low may_still_follow
            2015-06-02 10:00  regrade low severe
            2015-06-03 10:00  regrade severe none
            2015-06-04 10:00  stand_down""",
            "tell REG20_2015 provisional",
            said="1x stand_down_refused",
            because="graded down from severe to below moderate",
        ),
        Law(
            "or one that a person had opened for low harm",
            "§1.9.7",
            """2013-12-20 10:00  report harm=low
            2013-12-20 11:00  opt_in
            2013-12-23 10:00  regrade low severe
            2013-12-24 10:00  regrade severe low
            2013-12-27 10:00  stand_down""",
            "tell SC35_2013 open",
            said="1x stand_down_refused",
        ),
        Law(
            "but not where the grave grade was entered by mistake",
            "§1.9.7, §1.9.9",
            """2013-12-20 10:00  report harm=low
            2013-12-20 11:00  opt_in
            2013-12-23 10:00  A: regrade low severe
            2013-12-24 10:00  retract A
            2013-12-27 10:00  stand_down""",
            "tell SC35_2013 stood_down",
        ),
        Law(
            "Near the target of a statutory duty it takes two as well",
            "§1.9.7 due or target time",
            "2015-06-01 10:00  report harm=moderate\n2015-06-11 10:00  stand_down",
            "tell REG20_2015 provisional",
            said="1x stand_down_refused",
        ),
        Law(
            "A refusal is said of the duties that were meant and of no other",
            "§1.9.8",
            """2013-12-20 09:00  report patients=p1:moderate,p2:severe
            2014-01-07 10:00  stand_down patient=p2""",
            """report SC35_2013 p1 RXX met
            tell SC35_2013 p1 RXX open
            report SC35_2013 p2 RXX met
            tell SC35_2013 p2 RXX open""",
            said="1x stand_down_refused",
        ),
        Law(
            "What is settled already does not ask for a second person",
            "§1.9.7",
            """2014-12-01 10:00  report harm=moderate
            2014-12-02 10:00  told
            2014-12-12 10:00  stand_down of=write/REG20_HSB_2014 second=director
            2014-12-12 11:00  stand_down of=explain/SC35_2014""",
            """report SC35_2014 met
            tell SC35_2014 met
            explain SC35_2014 stood_down
            tell REG20_HSB_2014 met
            write REG20_HSB_2014 stood_down""",
        ),
        Law(
            "After the due time a stand-down is refused, even by two: the breach stands",
            "§1.9.4",
            REPORT + f"2014-01-09 00:01  tick\n2014-01-20 10:00  stand_down {TELL} second=director",
            "report SC35_2013 met\ntell SC35_2013 breached",
            said="1x stand_down_refused\n0x breach_withdrawn",
            because="The due time has passed",
        ),
        Law(
            "After the due time and before the tick too",
            "§1.9.4 recorded before the due time",
            REPORT + f"2014-01-09 00:01  stand_down {TELL} second=director\n2014-01-09 00:02  tick",
            "report SC35_2013 met\ntell SC35_2013 breached",
        ),
        Law(
            "Dated before the due time but recorded after it does not help",
            "§1.9.4 recorded before the due time",
            REPORT
            + f"""2014-01-20 10:00  stand_down {TELL} second=director at=2014-01-02T10:00
            2014-01-21 00:00  tick""",
            "report SC35_2013 met\ntell SC35_2013 breached",
        ),
        Law(
            "Two persons say that it was never notifiable: the breach is withdrawn",
            "§1.9.4",
            REPORT + f"2014-01-09 00:01  tick\n2014-01-20 10:00  stand_down never {TELL} second=director",
            "report SC35_2013 met\ntell SC35_2013 stood_down",
            said="1x breach_withdrawn\n1x obligation_stood_down",
        ),
        Law(
            "One person cannot say that",
            "§1.9.4",
            REPORT + f"2014-01-09 00:01  tick\n2014-01-20 10:00  stand_down never {TELL}",
            "report SC35_2013 met\ntell SC35_2013 breached",
            because="never notifiable takes a second person",
        ),
        Law(
            "Never notifiable, though told late",
            "§1.9.4",
            REPORT
            + f"""2014-01-09 00:01  tick
            2014-01-10 10:00  told
            2014-01-20 10:00  stand_down never {TELL} second=director""",
            "report SC35_2013 met\ntell SC35_2013 stood_down\nexplain SC35_2013 open",
            said="1x breach_withdrawn",
        ),
        Law(
            "A stand-down entered by mistake is retracted: the first due time holds, a tick breaches",
            "§1.9.9, §1.9.4",
            REPORT
            + f"""2013-12-23 10:00  A: stand_down {TELL}
            2014-01-20 10:00  retract A
            2014-01-20 10:01  tick""",
            "report SC35_2013 met\ntell SC35_2013 breached due=2014-01-08",
        ),
        Law(
            "A stand-down is retracted after a rise had reopened the duty: the first due time holds",
            "§1.9.9",
            REPORT
            + f"""2013-12-23 10:00  regrade moderate low
            2013-12-23 11:00  A: stand_down {TELL} second=director
            2013-12-30 10:00  regrade low moderate
            2013-12-31 10:00  retract A""",
            "report SC35_2013 met\ntell SC35_2013 open due=2014-01-08",
        ),
        Law(
            "Told while it was stood down counts when a person opens it again",
            "§1.9.4",
            REPORT
            + f"""2013-12-23 10:00  stand_down {TELL}
            2013-12-24 10:00  told
            2013-12-30 10:00  opt_in""",
            "report SC35_2013 met\ntell SC35_2013 met\nexplain SC35_2013 open",
        ),
        Law(
            "It closes what was there: a duty of a provider that becomes known later is open",
            "§1.9.7 closing needs a stand-down",
            REPORT + "2013-12-23 10:00  stand_down\n2013-12-24 10:00  enrich by=RXX,NZZ",
            """report SC35_2013 p1 RXX met
            tell SC35_2013 p1 RXX stood_down
            report SC35_2013 p1 NZZ met
            tell SC35_2013 p1 NZZ open""",
        ),
        Law(
            "It does not close what was met: the telling was a mistake, and the duties to tell are open",
            "§1.9.8 unsettled, §1.9.9",
            """2014-12-01 10:00  report harm=severe
            2014-12-02 10:00  A: told
            2014-12-03 10:00  stand_down
            2014-12-04 10:00  retract A
            2014-12-30 10:00  tick""",
            """tell REG20_HSB_2014 provisional
            write REG20_HSB_2014 stood_down
            report SC35_2014 met
            tell SC35_2014 breached
            explain SC35_2014 stood_down""",
        ),
        Law(
            "unless it names that duty",
            "§1.9.7, §1.9.9",
            REPORT
            + f"""2013-12-23 10:00  A: told
            2013-12-24 10:00  stand_down {TELL}
            2013-12-27 10:00  retract A""",
            "report SC35_2013 met\ntell SC35_2013 stood_down\nexplain SC35_2013 open",
        ),
        Law(
            "Where nothing is open a stand-down that names nothing is noted, and closes nothing later",
            "§1.9.8 unsettled",
            REPORT
            + """2013-12-23 10:00  A: told
            2013-12-23 11:00  explained
            2013-12-24 10:00  stand_down
            2013-12-27 10:00  retract A""",
            "report SC35_2013 met\ntell SC35_2013 open\nexplain SC35_2013 stood_down",
            because="No open duty of this case is meant",
        ),
        Law(
            "Never notifiable, though the family declined late and no tick has said the breach",
            "§1.9.4",
            REPORT
            + """2014-01-09 10:00  attempt
            2014-01-09 10:01  declined
            2014-01-09 11:00  stand_down never second=director
            2014-01-10 10:00  tick""",
            "report SC35_2013 met\ntell SC35_2013 stood_down",
            said="0x obligation_breached",
        ),
        Law(
            "A stand-down for a duty that is not there is noted",
            "bad input",
            "2013-06-03 10:00  report harm=low\n2013-06-04 10:00  stand_down",
            said="1x evidence_taken\n0x stand_down_refused",
            because="No open duty of this case is meant",
        ),
    ),
)


@pytest.mark.parametrize("law", TOPIC.cases, ids=str)
def test_law(law: Law) -> None:
    law.check()
