"""Never events and candour are independent; a never event has a duty to tell of its own (CLK-13)."""

import pytest

from tests.spec.law import Topic
from tests.spec.ledger import LedgerLaw

HARMED = "2016-05-10 09:00  R: report harm=moderate never_event=2015/1 occurred=2016-05-09T10:00\n"
UNHARMED = "2016-05-10 09:00  R: report harm=none never_event=2015/1 occurred=2016-05-09T10:00\n"
CONFIRM = "2016-05-11 10:00  C: confirm 2015/1\n"

TOPIC = Topic(
    "Never events: telling the patient, whatever the harm",
    "From April 2015 a never event is told as soon as possible. It is not by itself a notifiable safety "
    "incident, nor is such an incident a never event.",
    (
        LedgerLaw(
            "Never event and notifiable: both duties stand",
            "trap 26; CLK-05, CLK-13",
            HARMED + CONFIRM + "2016-05-12 10:00  determined yes",
            "counted 2015/1\ntell NE_FRAMEWORK_2015 open\ntell REG20_2015 open",
        ),
        LedgerLaw(
            "Never event and not notifiable: only its own duty stands",
            "trap 26; CLK-13",
            HARMED + CONFIRM + "2016-05-12 10:00  determined no",
            "counted 2015/1\ntell NE_FRAMEWORK_2015 open\ntell REG20_2015 stood_down",
        ),
        LedgerLaw(
            "No never event and notifiable: only Regulation 20",
            "trap 26; CLK-05",
            HARMED + "2016-05-11 10:00  reject\n2016-05-12 10:00  determined yes",
            "withdrawn:rejected 2015/1\ntell NE_FRAMEWORK_2015 stood_down\ntell REG20_2015 open",
        ),
        LedgerLaw(
            "Neither: nothing is owed",
            "trap 26",
            "2016-05-10 09:00  report harm=none occurred=2016-05-09T10:00",
        ),
        LedgerLaw(
            "More harm may follow: the regulation opens beside the duty of the never event",
            "trap 26; §1.9.2, §1.8",
            "2015-06-01 10:00  report harm=low never_event=2015/1 occurred=2015-05-31T10:00\n"
            "2015-06-03 10:00  enrich may_still_follow",
            "proposed:decision 2015/1\ntell NE_FRAMEWORK_2015 provisional\ntell REG20_2015 provisional",
        ),
        LedgerLaw(
            "No harm at all: the never event is told all the same",
            "CLK-13; invariant 8",
            UNHARMED + CONFIRM,
            "counted 2015/1\ntell NE_FRAMEWORK_2015 open",
            said="1x obligation_opened\n1x obligation_confirmed",
            because="as soon as possible, whatever the harm",
        ),
        LedgerLaw(
            "Named by the reporter: provisional until the safety team decides",
            "CLK-13: recognised",
            UNHARMED,
            "proposed:decision 2015/1\ntell NE_FRAMEWORK_2015 provisional",
        ),
        LedgerLaw(
            "Not sure names nothing: no duty until it is confirmed",
            "CLK-13: recognised",
            "2016-05-10 09:00  report harm=none never_event=not_sure occurred=2016-05-09T10:00",
            "proposed:decision 2015/?",
        ),
        LedgerLaw(
            "A near miss named a never event opens nothing by rule",
            "trap 1",
            "2016-05-10 09:00  report kind=near_miss harm=none never_event=2015/1 occurred=2016-05-09T10:00",
            "proposed:decision 2015/1",
        ),
        LedgerLaw(
            "Before April 2015 the framework asked for no such telling",
            "CLK-13: 2015 and after",
            """2015-04-01 09:00  report harm=none never_event=2011/1 occurred=2015-03-31T10:00
            2015-04-02 10:00  confirm 2011/1""",
            "counted 2011/1",
        ),
        LedgerLaw(
            "A provider outside NHS care is not bound by the framework",
            "§5: providers of NHS care",
            """2016-05-10 09:00  report harm=none never_event=2015/1 occurred=2016-05-09T10:00 by=PZZ
            2016-05-11 10:00  confirm 2015/1""",
            "counted 2015/1",
        ),
        LedgerLaw(
            "Told in person: met, and there was no number of days to miss",
            "CLK-13",
            UNHARMED + "2016-05-10 12:00  told without=enquiries,offer,record\n" + CONFIRM,
            "counted 2015/1\ntell NE_FRAMEWORK_2015 met",
        ),
        LedgerLaw(
            "A telling that is not in person does not meet it",
            "CLK-13",
            UNHARMED + "2016-05-10 12:00  told without=in_person\n" + CONFIRM,
            "counted 2015/1\ntell NE_FRAMEWORK_2015 open",
        ),
        LedgerLaw(
            "What was told stays told when it turns out to be no never event",
            "§1.9",
            UNHARMED + "2016-05-10 12:00  told\n2016-05-11 10:00  reject",
            "withdrawn:rejected 2015/1\ntell NE_FRAMEWORK_2015 met",
        ),
        LedgerLaw(
            "Rejected by mistake: the duty stands again",
            "§1.9.9",
            UNHARMED + CONFIRM + "2016-05-12 10:00  X: reject\n2016-05-13 10:00  retract X",
            "counted 2015/1\ntell NE_FRAMEWORK_2015 open",
            said="1x obligation_stood_down\n1x obligation_reopened",
        ),
        LedgerLaw(
            "Rejected, and confirmed after all: the duty stands again",
            "CLK-13",
            UNHARMED + "2016-05-11 10:00  reject\n2016-05-12 10:00  confirm 2015/1",
            "counted 2015/1\ntell NE_FRAMEWORK_2015 open",
        ),
        LedgerLaw(
            "Told while it stood rejected: met once it is confirmed",
            "CLK-13",
            UNHARMED + "2016-05-11 10:00  reject\n2016-05-11 12:00  told\n2016-05-12 10:00  confirm 2015/1",
            "counted 2015/1\ntell NE_FRAMEWORK_2015 met",
        ),
        LedgerLaw(
            "The confirmation was a mistake: provisional again",
            "§1.9.9",
            UNHARMED + CONFIRM + "2016-05-12 10:00  retract C",
            "proposed:decision 2015/1\ntell NE_FRAMEWORK_2015 provisional",
        ),
        LedgerLaw(
            "The report was a mistake: nothing is owed any more",
            "§1.9.9",
            UNHARMED + CONFIRM + "2016-05-12 10:00  retract R",
            "withdrawn:retracted 2015/1\ntell NE_FRAMEWORK_2015 stood_down",
        ),
        LedgerLaw(
            "A regrade opens Regulation 20, not what the safety team rejected",
            "trap 26",
            UNHARMED + "2016-05-11 10:00  reject\n2016-05-12 10:00  regrade none severe",
            "withdrawn:rejected 2015/1\ntell NE_FRAMEWORK_2015 stood_down\ntell REG20_2015 provisional",
        ),
        LedgerLaw(
            "Corrected to another provider: that one owes it",
            "§1.9.8",
            UNHARMED + CONFIRM + "2016-05-12 10:00  enrich by=RYY",
            """counted 2015/1 by=RYY
            tell NE_FRAMEWORK_2015 p1 RXX stood_down
            tell NE_FRAMEWORK_2015 p1 RYY open""",
        ),
        LedgerLaw(
            "Each patient is told",
            "§1.9.8",
            """2016-05-10 09:00  report patients=p1:none,p2:none occurred=2016-05-09T10:00
            2016-05-11 10:00  confirm 2015/1
            2016-05-11 12:00  told patient=p2""",
            "counted 2015/1\ntell NE_FRAMEWORK_2015 p1 RXX open\ntell NE_FRAMEWORK_2015 p2 RXX met",
        ),
        LedgerLaw(
            "A duplicate: its duty goes on in the other case",
            "§1.9.10",
            UNHARMED + CONFIRM + "2016-05-12 10:00  linked duplicate harm=moderate",
            "withdrawn:merged 2015/1\ntell NE_FRAMEWORK_2015 merged",
        ),
        LedgerLaw(
            "A duplicate stood as one: the case that goes on owes it, provisionally",
            "§1.9.10",
            """2016-05-10 09:00  report harm=none occurred=2016-05-09T10:00
            2016-05-12 10:00  linked primary never_event harm=none""",
            "proposed:decision 2015/?\ntell NE_FRAMEWORK_2015 provisional",
        ),
        LedgerLaw(
            "A person closes it with a reason: a later confirmation does not open what a person closed",
            "§1.9.7",
            UNHARMED + "2016-05-10 12:00  stand_down second=director\n" + CONFIRM,
            "counted 2015/1\ntell NE_FRAMEWORK_2015 stood_down",
        ),
        LedgerLaw(
            "A repeated confirmation opens nothing twice",
            "§1.9",
            UNHARMED + CONFIRM + "2016-05-12 10:00  again C",
            "counted 2015/1\ntell NE_FRAMEWORK_2015 open",
            said="1x obligation_opened",
        ),
    ),
)


@pytest.mark.parametrize("law", TOPIC.cases, ids=str)
def test_never_events_told(law: LedgerLaw) -> None:
    law.check()
