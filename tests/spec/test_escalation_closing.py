"""How an escalation ends: by an act, or because what it rested on fell away."""

import pytest

from tests.spec.escalations import EscalationLaw
from tests.spec.law import Topic

TOPIC = Topic(
    "Escalation: acknowledged, acted, withdrawn",
    "Closed by an act, never by a delivery; withdrawn or merged in plain sight; a mistake is undone.",
    (
        EscalationLaw(
            "An act closes it",
            "trap 55",
            """2014-02-05 10:00  report harm=severe
            2014-02-05 10:20  acknowledged death_or_severe_harm
            2014-02-05 11:00  acted death_or_severe_harm investigation_started
            2014-02-12 11:00  tick""",
            "death_or_severe_harm closed:investigation_started L1",
            said="0x escalation_overdue",
        ),
        EscalationLaw(
            "An act that nobody announced closes it as well",
            "trap 55",
            "2014-02-05 10:00  report harm=severe\n2014-02-05 10:20  acted death_or_severe_harm made_safe",
            "death_or_severe_harm closed:made_safe L1",
        ),
        EscalationLaw(
            "A delivery closes nothing, and stops nothing",
            "trap 55",
            """2014-02-05 10:00  report harm=severe
            2014-02-05 10:01  delivered death_or_severe_harm email sent
            2014-02-05 10:02  delivered death_or_severe_harm email delivered
            2014-02-05 10:03  delivered death_or_severe_harm board displayed
            2014-02-05 11:01  tick""",
            "death_or_severe_harm climbed L2",
            said="3x delivery_heard",
        ),
        EscalationLaw(
            "A delivery that is told twice is heard once",
            "bad input",
            """2014-02-05 10:00  report harm=severe
            2014-02-05 10:01  A: delivered death_or_severe_harm email sent
            2014-02-05 10:02  again A""",
            "death_or_severe_harm raised L1",
            said="1x delivery_heard",
        ),
        EscalationLaw(
            "Acknowledged twice: the first holds",
            "bad input",
            """2014-02-05 10:00  report harm=severe
            2014-02-05 10:20  acknowledged death_or_severe_harm by=safety
            2014-02-05 10:30  acknowledged death_or_severe_harm by=director""",
            "death_or_severe_harm acknowledged L1",
            said="1x escalation_taken",
        ),
        EscalationLaw(
            "Acknowledging what was never raised does nothing",
            "bad input",
            "2014-02-05 10:00  report harm=severe\n2014-02-05 10:20  acknowledged immediate_danger",
            "death_or_severe_harm raised L1",
            said="0x escalation_taken",
        ),
        EscalationLaw(
            "Acknowledged or acted on after it was closed: nothing more",
            "bad input",
            """2014-02-05 10:00  report harm=severe
            2014-02-05 10:20  acted death_or_severe_harm made_safe
            2014-02-05 10:30  acknowledged death_or_severe_harm
            2014-02-05 10:40  acted death_or_severe_harm referred""",
            "death_or_severe_harm closed:made_safe L1",
            said="1x escalation_closed\n0x escalation_taken",
        ),
        EscalationLaw(
            "Acknowledged after it climbed: it stays where it is",
            "story 5",
            """2013-12-21 22:10  report harm=severe
            2013-12-21 23:11  tick
            2013-12-21 23:12  acknowledged death_or_severe_harm at=2013-12-21T22:50
            2013-12-22 08:00  tick""",
            "death_or_severe_harm acknowledged L2",
        ),
        EscalationLaw(
            "An acknowledgement entered by mistake: it waits again, from then",
            "law.md §1.9.9",
            """2014-02-05 10:00  report harm=severe
            2014-02-05 10:20  A: acknowledged death_or_severe_harm
            2014-02-05 10:40  retract A
            2014-02-05 11:41  tick""",
            "death_or_severe_harm climbed L2",
            said="1x escalation_returned",
        ),
        EscalationLaw(
            "What did nothing when it first came does nothing when it comes again",
            "the relay appends at least once (ADR 2)",
            """2014-02-05 10:00  report harm=severe
            2014-02-05 10:20  A: acknowledged death_or_severe_harm
            2014-02-05 10:30  B: acknowledged death_or_severe_harm
            2014-02-05 10:40  retract A
            2014-02-05 10:40  again B
            2014-02-05 11:41  tick""",
            "death_or_severe_harm climbed L2",
            said="1x escalation_taken",
        ),
        EscalationLaw(
            "An act entered by mistake: it is open again",
            "law.md §1.9.9",
            """2014-02-05 10:00  report harm=severe
            2014-02-05 10:20  A: acted death_or_severe_harm made_safe
            2014-02-06 10:20  retract A""",
            "death_or_severe_harm raised L1 by=2014-02-06T11:20",
        ),
        EscalationLaw(
            "The report was entered by mistake",
            "law.md §1.9.9",
            "2014-02-05 10:00  A: report harm=severe danger\n2014-02-05 10:20  retract A",
            "death_or_severe_harm closed:withdrawn L1\nimmediate_danger closed:withdrawn L1",
            because="What it rested on was entered by mistake.",
        ),
        EscalationLaw(
            "A grade entered by mistake",
            "law.md §1.9.9",
            """2014-02-05 10:00  report harm=low
            2014-02-05 12:00  A: regrade low severe
            2014-02-05 12:20  retract A
            2014-02-05 13:20  tick""",
            "death_or_severe_harm closed:withdrawn L1",
            said="0x escalation_climbed",
        ),
        EscalationLaw(
            "Two grounds, one of them a mistake: it stands by the other",
            "law.md §1.9.9",
            """2014-02-05 10:00  report harm=severe
            2014-02-05 12:00  A: regrade severe fatal
            2014-02-05 12:20  retract A""",
            "death_or_severe_harm raised L1",
            said="1x ground_fallen\n0x escalation_closed",
        ),
        EscalationLaw(
            "Withdrawn, then the harm truly rises: raised again, with a time of its own",
            "law.md §1.9.9",
            """2014-02-05 10:00  report harm=low
            2014-02-05 12:00  A: regrade low severe
            2014-02-05 12:20  retract A
            2014-02-10 09:00  regrade low severe""",
            "death_or_severe_harm raised L1 by=2014-02-10T10:00",
            said="2x escalation_raised",
        ),
        EscalationLaw(
            "Acted on, then the patient dies: raised again",
            "requirements A7, 56",
            """2014-02-05 10:00  report harm=severe
            2014-02-05 11:00  acted death_or_severe_harm made_safe
            2014-02-10 09:00  regrade severe fatal""",
            "death_or_severe_harm raised L1 by=2014-02-10T10:00",
        ),
        EscalationLaw(
            "The report repeated after the act changes nothing",
            "bad input",
            """2014-02-05 10:00  A: report harm=severe
            2014-02-05 10:20  acted death_or_severe_harm made_safe
            2014-02-05 10:30  again A""",
            "death_or_severe_harm closed:made_safe L1",
        ),
        EscalationLaw(
            "Looked at once, a near miss is not raised again by more of the same",
            "story 6",
            """2014-02-05 10:00  report kind=near_miss harm=none potential=severe
            2014-02-05 11:00  acted serious_near_miss other
            2014-02-05 12:00  enrich potential=fatal""",
            "serious_near_miss closed:other L1",
        ),
        EscalationLaw(
            "A duplicate of a case as grave: it goes on there",
            "law.md §1.9.10",
            "2014-02-05 10:00  report harm=severe\n2014-02-05 12:00  linked duplicate harm=severe",
            "death_or_severe_harm closed:merged L1",
        ),
        EscalationLaw(
            "A duplicate of a case graded low: it stays, for there it would vanish",
            "law.md §1.9.10",
            "2014-02-05 10:00  report harm=severe\n2014-02-05 12:00  linked duplicate harm=low",
            "death_or_severe_harm raised L1",
        ),
        EscalationLaw(
            "Danger is ended by an act, not by a link",
            "requirements A7, 58",
            "2014-02-05 10:00  report harm=severe danger\n2014-02-05 12:00  linked duplicate harm=severe",
            "death_or_severe_harm closed:merged L1\nimmediate_danger raised L1",
        ),
        EscalationLaw(
            "The link was a mistake: it is open again",
            "law.md §1.9.9, §1.9.10",
            """2014-02-05 10:00  report harm=severe
            2014-02-05 12:00  A: linked duplicate harm=severe
            2014-02-05 13:00  retract A""",
            "death_or_severe_harm raised L1 by=2014-02-05T14:00",
        ),
        EscalationLaw(
            "The duty is met in time: nothing threatens",
            "law.md §1.9.6",
            """2013-12-20 09:00  report harm=moderate
            2014-01-07 00:01  tick
            2014-01-07 15:00  told""",
            "obligation_nearly_due closed:withdrawn L1",
        ),
        EscalationLaw(
            "The telling was entered by mistake: it threatens again",
            "law.md §1.9.9",
            """2013-12-20 09:00  report harm=moderate
            2014-01-07 00:01  tick
            2014-01-07 09:00  A: told
            2014-01-07 11:00  retract A""",
            "obligation_nearly_due raised L1 by=2014-01-07T15:00",
        ),
        EscalationLaw(
            "Late evidence withdraws the breach, and the escalation with it",
            "law.md §1.9.4",
            """2013-12-20 09:00  report harm=moderate
            2014-01-09 00:01  tick
            2014-01-10 09:00  told at=2014-01-07T11:00""",
            "obligation_breached closed:withdrawn L1",
            because="There was no breach after all.",
        ),
        EscalationLaw(
            "That evidence was a mistake: breached again, raised again",
            "law.md §1.9.9",
            """2013-12-20 09:00  report harm=moderate
            2014-01-09 00:01  tick
            2014-01-10 09:00  A: told at=2014-01-07T11:00
            2014-01-13 09:00  retract A
            2014-01-13 09:01  tick""",
            "obligation_breached raised L1 by=2014-01-13T17:01",
            said="2x escalation_raised",
        ),
        EscalationLaw(
            "Told after the time: met late, and the breach still asks for an act",
            "law.md §1.9.6; trap 55",
            """2013-12-20 09:00  report harm=moderate
            2014-01-09 00:01  tick
            2014-01-09 11:00  told""",
            "obligation_breached raised L1",
        ),
        EscalationLaw(
            "and the act closes it",
            "trap 55",
            """2013-12-20 09:00  report harm=moderate
            2014-01-09 00:01  tick
            2014-01-09 11:00  told
            2014-01-09 11:30  acted obligation_breached/tell/SC35_2013 other""",
            "obligation_breached closed:other L1",
        ),
        EscalationLaw(
            "The ledger withdraws a never event: nothing is left to act on",
            "requirements A4; law.md §4",
            """2014-02-05 10:00  report harm=low never_event=2011/1 occurred=2014-02-04T10:00
            2014-02-06 10:00  reject""",
            "never_event closed:withdrawn L1",
            because="It no longer stands as a never event.",
        ),
        EscalationLaw(
            "Confirmed while it is open: one more reason, the same owner",
            "requirements A4; law.md §4",
            """2014-02-05 10:00  report harm=low never_event=2011/1 occurred=2014-02-04T10:00
            2014-02-05 10:30  confirm 2011/1""",
            "never_event raised L1 by=2014-02-05T11:00",
            said="1x escalation_raised\n1x ground_taken",
            because="The patient safety team confirmed a never event.",
        ),
        EscalationLaw(
            "Acted on while suspected, then confirmed: what was done holds",
            "requirements A4",
            """2014-02-05 10:00  report harm=low never_event=2011/1 occurred=2014-02-04T10:00
            2014-02-05 10:30  acted never_event made_safe
            2014-02-12 10:00  confirm 2011/1""",
            "never_event closed:made_safe L1",
        ),
        EscalationLaw(
            "Rejected, and confirmed after all: raised again",
            "requirements A4",
            """2014-02-05 10:00  report harm=low never_event=2011/1 occurred=2014-02-04T10:00
            2014-02-06 10:00  reject
            2014-02-10 09:00  confirm 2011/1""",
            "never_event raised L1 by=2014-02-10T10:00",
        ),
    ),
)


@pytest.mark.parametrize("law", TOPIC.cases, ids=str)
def test_law(law: EscalationLaw) -> None:
    law.check()
