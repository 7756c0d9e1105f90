"""What is owed to a family when the account changes: verdicts on avoidability, and new facts."""

import pytest

from tests.spec.claims import ClaimLaw
from tests.spec.law import Topic

REPORT = "2015-06-01 10:00  report harm=fatal\n"
TOLD = REPORT + "2015-06-10 10:00  stated unavoidable to=family held=chart,notes\n"
FACT = REPORT + "2015-07-01 10:00  F: fact\n"  # to be shared by 11 July 2015

TOPIC = Topic(
    "Going back to the family",
    "Told that it could not be avoided, and later found otherwise; a new fact that the family has not heard.",
    (
        ClaimLaw(
            "Told unavoidable, later found avoidable: somebody must go back to the family",
            "trap 14; A6 row 47",
            TOLD + "2016-01-10 10:00  stated avoidable to=coroner held=chart found_by=somebody_else",
            "marker contradiction held_then discovered\nupdate owed held_then discovered",
            because="sets no penalty",
        ),
        ClaimLaw(
            "and with a claim against a member there is a review item",
            "trap 14; story 7",
            TOLD
            + """2016-01-10 10:00  stated avoidable to=internal held=chart,scan found_by=provider
            2016-03-01 10:00  claim C-1""",
            """marker contradiction learned_later self_corrected
            update owed learned_later self_corrected
            review C-1 suggested""",
        ),
        ClaimLaw(
            "New evidence at the later verdict: it was learned later",
            "trap 15",
            TOLD + "2016-01-10 10:00  stated avoidable to=regulator held=scan found_by=provider",
            "marker contradiction learned_later self_corrected\nupdate owed learned_later self_corrected",
        ),
        ClaimLaw(
            "What was held is not recorded: that is said, and nothing is guessed",
            "trap 15",
            TOLD + "2016-01-10 10:00  stated avoidable to=internal",
            "marker contradiction not_known not_said\nupdate owed not_known not_said",
        ),
        ClaimLaw(
            "The family is told the new verdict: the duty is done, and how soon can be seen",
            "trap 15; story 7",
            TOLD
            + """2016-01-10 10:00  stated avoidable to=internal held=scan found_by=provider
            2016-01-20 10:00  stated avoidable to=family held=scan""",
            """marker contradiction learned_later self_corrected
            update given=2016-01-20 learned_later self_corrected""",
        ),
        ClaimLaw(
            "The family hears it first: owed and given in one",
            "trap 15",
            TOLD + "2016-01-10 10:00  stated avoidable to=family held=scan found_by=provider",
            """marker contradiction learned_later self_corrected
            update given=2016-01-10 learned_later self_corrected""",
            said="1x family_update_owed\n1x family_update_given",
        ),
        ClaimLaw(
            "Unavoidable said to others than the family, and avoidable later, owes them nothing new",
            "A6 row 47",
            REPORT
            + """2015-06-10 10:00  stated unavoidable to=coroner
            2016-01-10 10:00  stated avoidable to=coroner""",
            said="0x family_update_owed\n0x evidence_marked",
        ),
        ClaimLaw(
            "Avoidable first and unavoidable later is no contradiction of this sort",
            "A6 row 47",
            REPORT
            + """2015-06-10 10:00  stated avoidable to=internal
            2016-01-10 10:00  stated unavoidable to=family""",
            said="0x family_update_owed",
        ),
        ClaimLaw(
            "The dates of the verdicts count, whichever was recorded first",
            "out of order",
            REPORT
            + """2016-01-10 10:00  stated avoidable to=internal held=chart found_by=provider
            2016-02-10 10:00  stated unavoidable to=family at=2015-06-10T10:00 held=chart""",
            "marker contradiction held_then self_corrected\nupdate owed held_then self_corrected",
        ),
        ClaimLaw(
            "Verdicts about two patients do not contradict each other",
            "§1.9.8",
            """2015-06-01 10:00  report patients=p1:severe,p2:severe
            2015-06-10 10:00  stated unavoidable to=family patient=p1
            2016-01-10 10:00  stated avoidable to=internal patient=p2""",
            said="0x family_update_owed",
        ),
        ClaimLaw(
            "A verdict that names no patient is about each of them",
            "§1.9.8",
            """2015-06-01 10:00  report patients=p1:severe,p2:severe
            2015-06-10 10:00  stated unavoidable to=family
            2016-01-10 10:00  stated avoidable to=internal patient=p2""",
            "marker contradiction not_known not_said\nupdate owed not_known not_said",
        ),
        ClaimLaw(
            "Of a verdict about two patients one family is told: the other is still owed it",
            "§1.9.8; trap 15",
            """2015-06-01 10:00  report patients=p1:severe,p2:severe
            2015-06-10 10:00  stated unavoidable to=family
            2016-01-10 10:00  stated avoidable to=internal
            2016-01-20 10:00  stated avoidable to=family patient=p1""",
            "marker contradiction not_known not_said\nupdate owed not_known not_said",
            said="0x family_update_given",
        ),
        ClaimLaw(
            "and it is done on the day on which the last of them hears it",
            "§1.9.8; trap 15",
            """2015-06-01 10:00  report patients=p1:severe,p2:severe
            2015-06-10 10:00  stated unavoidable to=family
            2016-01-10 10:00  stated avoidable to=internal
            2016-01-20 10:00  stated avoidable to=family patient=p1
            2016-01-25 10:00  stated avoidable to=family patient=p2""",
            "marker contradiction not_known not_said\nupdate given=2016-01-25 not_known not_said",
        ),
        ClaimLaw(
            "One telling that names no patient is to all of their families",
            "§1.9.8; trap 15",
            """2015-06-01 10:00  report patients=p1:severe,p2:severe
            2015-06-10 10:00  stated unavoidable to=family
            2016-01-10 10:00  stated avoidable to=internal
            2016-01-20 10:00  stated avoidable to=family""",
            "marker contradiction not_known not_said\nupdate given=2016-01-20 not_known not_said",
        ),
        ClaimLaw(
            "A verdict recorded by mistake is retracted: nothing is owed",
            "§1.9.9",
            TOLD + "2016-01-10 10:00  A: stated avoidable to=internal\n2016-01-11 10:00  retract A",
            said="1x family_update_withdrawn\n1x marker_withdrawn",
        ),
        ClaimLaw(
            "A telling recorded by mistake is retracted: the update is owed again",
            "§1.9.9",
            TOLD
            + """2016-01-10 10:00  stated avoidable to=internal held=scan found_by=provider
            2016-01-20 10:00  A: stated avoidable to=family
            2016-01-21 10:00  retract A""",
            """marker contradiction learned_later self_corrected
            update owed learned_later self_corrected""",
            said="2x family_update_owed",
        ),
        ClaimLaw(
            "A verdict dated ahead does not count",
            "bad input",
            TOLD + "2016-01-10 10:00  stated avoidable to=internal at=2016-06-01T10:00",
            said="1x testimony_refused\n0x family_update_owed",
        ),
        ClaimLaw(
            "A new fact waits for the family",
            "A6 row 48; story 3",
            FACT + "2015-07-11 23:59  tick",
            "fact waiting due=2015-07-11",
            because="a time that this policy chose; no law sets one",
        ),
        ClaimLaw(
            "The time passes: an alarm",
            "A6 row 48; story 3",
            FACT + "2015-07-12 00:00  tick\n2015-07-13 00:00  tick",
            "fact not_shared due=2015-07-11",
            said="1x fact_not_shared",
        ),
        ClaimLaw(
            "Shared in time: no alarm",
            "story 3",
            FACT + "2015-07-10 10:00  shared F\n2015-07-12 00:00  tick",
            "fact shared=2015-07-10 due=2015-07-11",
            said="0x fact_not_shared",
        ),
        ClaimLaw(
            "Shared late: the alarm was right, and it is over",
            "story 3",
            FACT + "2015-07-12 00:00  tick\n2015-07-20 10:00  shared F",
            "fact shared_late=2015-07-20 due=2015-07-11",
            said="0x fact_alarm_withdrawn",
        ),
        ClaimLaw(
            "Later evidence that it was shared in time withdraws the alarm",
            "§1.9.4; story 3",
            FACT + "2015-07-12 00:00  tick\n2015-07-20 10:00  shared F at=2015-07-09T10:00",
            "fact shared=2015-07-09 due=2015-07-11",
            said="1x fact_alarm_withdrawn",
        ),
        ClaimLaw(
            "A sharing recorded by mistake: the fact waits again, and the next tick alarms",
            "§1.9.9",
            FACT
            + """2015-07-10 10:00  A: shared F
            2015-07-12 00:00  tick
            2015-07-13 10:00  retract A
            2015-07-13 10:01  tick""",
            "fact not_shared due=2015-07-11",
        ),
        ClaimLaw(
            "A fact recorded by mistake: nobody waits for it",
            "§1.9.9",
            FACT + "2015-07-02 10:00  retract F\n2015-07-12 00:00  tick",
            said="1x fact_dropped\n0x fact_not_shared",
        ),
        ClaimLaw(
            "A sharing of a fact that nobody recorded is refused",
            "bad input",
            REPORT + "2015-07-10 10:00  shared nothing",
            said="1x testimony_refused",
        ),
        ClaimLaw(
            "The alarm is of the log's clock: a tick that was heard before says nothing again",
            "time is an input",
            FACT + "2015-07-12 00:00  tick\n2015-07-12 00:00  tick\n2015-07-11 12:00  tick",
            "fact not_shared due=2015-07-11",
            said="1x fact_not_shared",
        ),
    ),
)


@pytest.mark.parametrize("law", TOPIC.cases, ids=str)
def test_law(law: ClaimLaw) -> None:
    law.check()
