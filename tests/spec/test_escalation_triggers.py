"""What makes somebody act."""

import pytest

from tests.spec.escalations import EscalationLaw
from tests.spec.law import Topic

TOPIC = Topic(
    "Escalation: what makes somebody act",
    "Death, severe harm, danger, a never event, what could have killed, a pattern, a duty late or nearly so.",
    (
        EscalationLaw(
            "Severe harm calls the one who leads on patient safety",
            "requirements A7, 56",
            "2014-02-05 10:00  report harm=severe",
            "death_or_severe_harm raised L1 owner=head_of_patient_safety "
            "by=2014-02-05T11:00 act=2014-02-06T10:00",
            because="A person decides whether it is a serious incident",
        ),
        EscalationLaw(
            "A death",
            "requirements A7, 56",
            "2014-02-05 10:00  report harm=fatal",
            "death_or_severe_harm raised L1",
            because="The harm is graded fatal.",
        ),
        EscalationLaw(
            "Severe harm to the mind counts alike",
            "requirements A7, 56",
            "2014-02-05 10:00  report harm=low mind=severe",
            "death_or_severe_harm raised L1",
        ),
        EscalationLaw(
            "Moderate harm opens a duty of candour and calls nobody",
            "requirements A7, 56",
            "2014-02-05 10:00  report harm=moderate",
        ),
        EscalationLaw(
            "Low harm calls nobody",
            "requirements A7",
            "2014-02-05 10:00  report harm=low potential=moderate",
        ),
        EscalationLaw(
            "Harm that may still follow calls somebody where it could be severe",
            "requirements A7, 56: suspected",
            "2014-02-05 10:00  report harm=low may_still_follow potential=fatal",
            "death_or_severe_harm raised L1",
            because="Harm may still follow, and it could be fatal.",
        ),
        EscalationLaw(
            "Harm that may still follow and could be moderate at worst calls nobody",
            "requirements A7, 56: suspected",
            "2014-02-05 10:00  report harm=low may_still_follow potential=moderate",
        ),
        EscalationLaw(
            "Immediate danger comes first, whatever the harm: within a quarter of an hour",
            "requirements A7, 58",
            "2014-02-05 10:00  report kind=hazard harm=none danger",
            "immediate_danger raised L1 by=2014-02-05T10:15 act=2014-02-05T11:00",
        ),
        EscalationLaw(
            "Danger and severe harm are two matters with one owner each",
            "requirements A7, 56 and 58",
            "2014-02-05 10:00  report harm=severe danger",
            """death_or_severe_harm raised L1 by=2014-02-05T11:00
            immediate_danger raised L1 by=2014-02-05T10:15""",
        ),
        EscalationLaw(
            "Danger that becomes known later",
            "requirements A7, 58",
            "2014-02-05 10:00  report harm=low\n2014-02-05 12:00  enrich danger",
            "immediate_danger raised L1 by=2014-02-05T12:15",
        ),
        EscalationLaw(
            "A near miss that could have killed is looked at today, and opens no duty to the patient",
            "story 6, traps 1 and 2",
            "2014-02-05 10:00  report kind=near_miss harm=none potential=fatal",
            "serious_near_miss raised L1 by=2014-02-05T18:00 act=2014-02-06T10:00",
            because="This stays inside the provider and opens no duty.",
        ),
        EscalationLaw(
            "and what its reporter is told of it takes nobody's place",
            "story 6",
            "2014-02-05 10:00  report kind=near_miss harm=none potential=fatal\n"
            "2014-02-05 12:00  feedback changed",
            "serious_near_miss raised L1 by=2014-02-05T18:00 act=2014-02-06T10:00",
        ),
        EscalationLaw(
            "A near miss that could have been moderate calls nobody",
            "trap 2",
            "2014-02-05 10:00  report kind=near_miss harm=none potential=moderate",
        ),
        EscalationLaw(
            "What it could have been, known later",
            "story 6",
            "2014-02-05 10:00  report kind=near_miss harm=none\n2014-02-06 09:00  enrich potential=severe",
            "serious_near_miss raised L1 by=2014-02-06T17:00",
        ),
        EscalationLaw(
            "Harm that was done stands before what could have been",
            "requirements A7, 56",
            "2014-02-05 10:00  report harm=severe potential=fatal",
            "death_or_severe_harm raised L1",
        ),
        EscalationLaw(
            "Good care calls nobody, whatever it could have been",
            "requirements A19",
            "2014-02-05 10:00  report kind=good_care harm=none potential=fatal",
        ),
        EscalationLaw(
            "A reporter suspects a never event",
            "requirements A4",
            "2014-02-05 10:00  report harm=low never_event",
            "never_event raised L1 by=2014-02-05T11:00",
        ),
        EscalationLaw(
            "A never event that the safety team finds where nobody thought of one",
            "requirements A4; law.md §4",
            """2014-02-05 10:00  report harm=low occurred=2014-02-04T10:00
            2014-02-12 10:00  confirm 2011/1""",
            "never_event raised L1 by=2014-02-12T11:00",
        ),
        EscalationLaw(
            "A cluster on a ward is looked at by the next working day's office hours",
            "requirements A7, 57",
            "2014-02-07 10:00  report harm=low\n2014-02-07 21:00  pattern cluster C-7 count=5 days=30",
            "cluster raised L1 owner=head_of_patient_safety by=2014-02-10T16:00 act=2014-02-12",
            because="5 incidents in 30 days have the same ward.",
        ),
        EscalationLaw(
            "Two clusters in one case are two matters",
            "requirements A7, 57",
            """2014-02-07 10:00  report harm=low
            2014-02-07 11:00  pattern cluster C-7
            2014-02-07 12:00  pattern cluster C-8 same=factor""",
            "cluster raised L1\ncluster raised L1",
        ),
        EscalationLaw(
            "Again after an alert was declared complete",
            "requirements A8, 71; story 11",
            "2014-02-07 10:00  report harm=low\n2014-02-07 11:00  pattern repeat_after_alert A-1",
            "repeat_after_alert raised L1",
        ),
        EscalationLaw(
            "A duty about to be breached, a working day before its time is out",
            "story 2; law.md §1.9.4",
            "2013-12-20 09:00  report harm=moderate\n2014-01-07 00:01  tick",
            "obligation_nearly_due raised L1 owner=head_of_patient_safety by=2014-01-07T12:00",
        ),
        EscalationLaw(
            "The first warning, three working days ahead, calls nobody",
            "story 2",
            "2013-12-20 09:00  report harm=moderate\n2014-01-03 00:01  tick",
        ),
        EscalationLaw(
            "A breach goes on under its own name",
            "law.md §1.9.4; requirements A7",
            """2013-12-20 09:00  report harm=moderate
            2014-01-07 00:01  tick
            2014-01-09 00:01  tick""",
            """obligation_breached raised L1 owner=head_of_patient_safety by=2014-01-09T16:00
            obligation_nearly_due closed:withdrawn L3""",
            because="nothing recorded before satisfies the duty in time",
        ),
        EscalationLaw(
            "A breach found by a late tick is raised once",
            "law.md §1.9.4",
            "2013-12-20 09:00  report harm=moderate\n2014-03-03 10:00  tick\n2014-03-03 10:01  tick",
            "obligation_breached raised L1 by=2014-03-03T18:00",
            said="1x escalation_raised",
        ),
        EscalationLaw(
            "Graded up from low to severe",
            "requirements A7, 56; trap 13",
            "2014-02-05 10:00  report harm=low\n2014-02-08 23:00  regrade low severe",
            "death_or_severe_harm raised L1 owner=senior_manager_on_duty by=2014-02-09T00:00",
        ),
        EscalationLaw(
            "Graded up from low to moderate",
            "requirements A7, 56",
            "2014-02-05 10:00  report harm=low\n2014-02-08 23:00  regrade low moderate",
        ),
        EscalationLaw(
            "A rise while it is open adds a ground and keeps the one owner",
            "requirements A7, 56",
            "2014-02-05 10:00  report harm=severe\n2014-02-05 10:30  regrade severe fatal",
            "death_or_severe_harm raised L1 by=2014-02-05T11:00",
            said="1x escalation_raised\n1x ground_taken",
        ),
        EscalationLaw(
            "Graded down closes nothing",
            "trap 13",
            "2014-02-05 10:00  report harm=severe\n2014-02-05 10:30  regrade severe low",
            "death_or_severe_harm raised L1",
        ),
        EscalationLaw(
            "The primary of a duplicate that is graded severe",
            "law.md §1.9.10",
            "2014-02-05 10:00  report harm=low\n2014-02-05 12:00  linked primary harm=severe",
            "death_or_severe_harm raised L1",
            because="A duplicate of it, now linked, is graded severe.",
        ),
        EscalationLaw(
            "The same report twice is one matter",
            "bad input",
            "2014-02-05 10:00  A: report harm=severe danger\n2014-02-05 10:01  again A",
            "death_or_severe_harm raised L1\nimmediate_danger raised L1",
            said="2x escalation_raised",
        ),
    ),
)


@pytest.mark.parametrize("law", TOPIC.cases, ids=str)
def test_law(law: EscalationLaw) -> None:
    law.check()
