"""The determination whether an incident is a notifiable safety incident."""

import pytest

from tests.spec.law import Law, Topic

REPORT = "2015-06-01 10:00  report harm=moderate\n"
BOTH = "2014-12-01 10:00  report harm=moderate\n"
HOME = "2015-06-01 10:00  report by=VZZ harm=moderate\n"

TOPIC = Topic(
    "Determination",
    "Regulation 20 waits, provisional, for the opinion of a health care professional; the contract does not.",
    (
        Law("Provisional until determined", "§1.9.2", REPORT, "tell REG20_2015 provisional"),
        Law("Yes confirms", "§1.9.3", REPORT + "2015-06-02 10:00  determined yes", "tell REG20_2015 open"),
        Law(
            "No stands down",
            "§1.9.3",
            REPORT + "2015-06-02 10:00  determined no",
            "tell REG20_2015 stood_down",
        ),
        Law(
            "Yes at a care home names the limb",
            "Regulation 20(9), §1.9.2",
            HOME + "2015-06-02 10:00  determined yes limb=20(9)(b)",
            "tell REG20_2015 open",
        ),
        Law(
            "Without it a yes confirms all the same, and the limb stands as not named",
            "Regulation 20(9), §1.9.2, §1.9.3",
            HOME + "2015-06-02 10:00  determined yes",
            "tell REG20_2015 open",
            said="1x obligation_confirmed",
            because="The determination names no limb of Regulation 20(9)",
        ),
        Law(
            "until a further determination names it",
            "Regulation 20(9), §1.9.2",
            HOME + "2015-06-02 10:00  determined yes\n2015-06-03 10:00  determined yes limb=20(9)(b)",
            "tell REG20_2015 open",
            said="2x obligation_confirmed",
            because="The limb of Regulation 20(9) has been named",
        ),
        Law(
            "No stands down the statutory duty and never the contract's",
            "§1.9.3",
            BOTH + "2014-12-02 10:00  determined no",
            "report SC35_2014 met\ntell SC35_2014 open\ntell REG20_HSB_2014 stood_down",
        ),
        Law(
            "Criteria that contradict the decision are noted and change nothing",
            "§1.9.3",
            REPORT + "2015-06-02 10:00  determined yes but=no",
            "tell REG20_2015 provisional",
            because="The criteria contradict the decision",
        ),
        Law(
            "The same the other way round",
            "§1.9.3",
            REPORT + "2015-06-02 10:00  determined no but=yes",
            "tell REG20_2015 provisional",
            because="The criteria contradict the decision",
        ),
        Law(
            "A later yes opens again what a no had stood down",
            "§1.9.3",
            REPORT + "2015-06-02 10:00  determined no\n2015-06-09 10:00  determined yes",
            "tell REG20_2015 open",
            said="1x obligation_stood_down\n1x obligation_reopened",
        ),
        Law(
            "Told while it was thought not notifiable: then it was told",
            "§1.9.3, §1.9.4",
            REPORT
            + "2015-06-02 10:00  determined no\n2015-06-03 10:00  told\n2015-06-09 10:00  determined yes",
            "tell REG20_2015 met\nwrite REG20_2015 open",
        ),
        Law(
            "Declined while it was thought not notifiable: then it is discharged",
            "§1.9.3, §1.9.6",
            REPORT
            + """2015-06-02 10:00  determined no
            2015-06-03 10:00  attempt
            2015-06-04 10:00  declined
            2015-06-09 10:00  determined yes""",
            "tell REG20_2015 discharged",
        ),
        Law(
            "A later no stands down what a yes had confirmed",
            "§1.9.3",
            REPORT + "2015-06-02 10:00  determined yes\n2015-06-09 10:00  determined no",
            "tell REG20_2015 stood_down",
        ),
        Law(
            "A no that was entered by mistake is retracted",
            "§1.9.9",
            REPORT + "2015-06-02 10:00  A: determined no\n2015-06-03 10:00  retract A",
            "tell REG20_2015 provisional",
        ),
        Law(
            "A retracted yes leaves it provisional again",
            "§1.9.9, §11.1",
            REPORT + "2015-06-02 10:00  A: determined yes\n2015-06-03 10:00  retract A",
            "tell REG20_2015 provisional",
        ),
        Law(
            "Told before the determination: met, and a later no does not undo what was done",
            "§1.9.3",
            REPORT + "2015-06-02 10:00  told\n2015-06-03 10:00  determined no",
            "tell REG20_2015 met\nwrite REG20_2015 stood_down",
        ),
        Law(
            "A determination recorded before the report is on the log counts",
            "design §4, early evidence",
            """2015-06-01 10:00  report harm=low
            2015-06-02 10:00  determined yes
            2015-06-03 10:00  regrade low severe""",
            "tell REG20_2015 open",
        ),
        Law(
            "A determination about one patient says nothing of another",
            "§1.9.8",
            """2015-06-01 10:00  report patients=p1:moderate,p2:severe
            2015-06-02 10:00  determined yes patient=p2""",
            "tell REG20_2015 p1 RXX provisional\ntell REG20_2015 p2 RXX open",
        ),
    ),
)


@pytest.mark.parametrize("law", TOPIC.cases, ids=str)
def test_law(law: Law) -> None:
    law.check()
