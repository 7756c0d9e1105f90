"""Several patients, several providers, and who the relevant person is."""

import pytest

from tests.spec.law import Law, Topic

TWINS = "2013-06-03 10:00  report patients=p1:moderate,p2:severe\n"
TWO = "2013-06-03 10:00  report by=RXX,NZZ harm=moderate\n"

TOPIC = Topic(
    "Several patients and providers; the relevant person",
    "One obligation for each patient, provider, duty and instrument.",
    (
        Law(
            "Two patients are owed each their own",
            "§1.9.8, §1.7 trap 6",
            TWINS,
            """report SC35_2013 p1 RXX met
            tell SC35_2013 p1 RXX open
            report SC35_2013 p2 RXX met
            tell SC35_2013 p2 RXX open""",
        ),
        Law(
            "Only those who came to harm",
            "§1.9.8",
            "2013-06-03 10:00  report patients=p1:low,p2:severe,p3:none",
            "report SC35_2013 met\ntell SC35_2013 open",
        ),
        Law(
            "Telling the one does not tell the other",
            "§1.9.8",
            TWINS + "2013-06-04 10:00  told patient=p1\n2013-06-18 00:01  tick",
            """report SC35_2013 p1 RXX met
            tell SC35_2013 p1 RXX met
            explain SC35_2013 p1 RXX open
            report SC35_2013 p2 RXX met
            tell SC35_2013 p2 RXX breached""",
            said="1x obligation_breached",
        ),
        Law(
            "Telling that does not say whom it told counts for nobody",
            "§1.9.8 it must say which",
            TWINS + "2013-06-04 10:00  told",
            """report SC35_2013 p1 RXX met
            tell SC35_2013 p1 RXX open
            report SC35_2013 p2 RXX met
            tell SC35_2013 p2 RXX open""",
            because="several patients, and it does not say which",
        ),
        Law(
            "Two providers owe each their own",
            "§1.7 trap 5",
            TWO,
            """report SC35_2013 p1 RXX met
            tell SC35_2013 p1 RXX open
            report SC35_2013 p1 NZZ met
            tell SC35_2013 p1 NZZ open""",
        ),
        Law(
            "The one has told, the other has not",
            "§1.7 trap 5",
            TWO + "2013-06-04 10:00  told provider=NZZ\n2013-06-18 00:01  tick",
            """report SC35_2013 p1 RXX met
            tell SC35_2013 p1 RXX breached
            report SC35_2013 p1 NZZ met
            tell SC35_2013 p1 NZZ met
            explain SC35_2013 p1 NZZ open""",
        ),
        Law(
            "A follow-up may name the very duty",
            "§1.9.8",
            TWO + "2013-06-04 10:00  told of=tell/SC35_2013/p1/NZZ",
            """report SC35_2013 p1 RXX met
            tell SC35_2013 p1 RXX open
            report SC35_2013 p1 NZZ met
            tell SC35_2013 p1 NZZ met
            explain SC35_2013 p1 NZZ open""",
        ),
        Law(
            "The same facts at a trust and at an independent hospital in January 2015",
            "§11.1, §11.2",
            "2015-01-05 10:00  report by=RXX,NZZ harm=moderate",
            """report SC35_2014 p1 RXX met
            tell SC35_2014 p1 RXX open
            tell REG20_HSB_2014 p1 RXX provisional
            report SC35_2014 p1 NZZ met
            tell SC35_2014 p1 NZZ open""",
        ),
        Law(
            "One telling answers under every instrument",
            "§1.9.8",
            "2015-01-05 10:00  report harm=moderate\n2015-01-06 10:00  told",
            """report SC35_2014 met
            tell SC35_2014 met
            explain SC35_2014 open
            tell REG20_HSB_2014 met
            write REG20_HSB_2014 provisional""",
        ),
        Law(
            "A provider that becomes known later owes from the report",
            "§1.9.8",
            "2013-06-03 10:00  report harm=moderate\n2013-06-05 10:00  enrich by=RXX,NZZ",
            """report SC35_2013 p1 RXX met
            tell SC35_2013 p1 RXX open starts=2013-06-03T10:00
            report SC35_2013 p1 NZZ met
            tell SC35_2013 p1 NZZ open starts=2013-06-03T10:00""",
        ),
        Law(
            "and from the first grade of harm, whatever the other axis was graded afterwards",
            "§1.9.2, §1.9.8",
            """2013-06-03 10:00  report harm=not_known
            2013-06-04 10:00  regrade not_known moderate mind
            2013-06-05 10:00  regrade not_known moderate
            2013-06-06 10:00  enrich by=RXX,NZZ""",
            """report SC35_2013 p1 RXX met
            tell SC35_2013 p1 RXX open starts=2013-06-03T10:00
            report SC35_2013 p1 NZZ met
            tell SC35_2013 p1 NZZ open starts=2013-06-03T10:00""",
        ),
        Law(
            "or from the regrade that reached the threshold, not from a later one on the other axis",
            "§1.9.2, §1.9.8",
            """2013-06-03 10:00  report harm=low mind=low
            2013-06-04 10:00  regrade low moderate mind
            2013-06-05 10:00  regrade low moderate
            2013-06-06 10:00  enrich by=RXX,NZZ""",
            """tell SC35_2013 p1 RXX open starts=2013-06-04T10:00
            report SC35_2013 p1 NZZ met
            tell SC35_2013 p1 NZZ open starts=2013-06-04T10:00""",
        ),
        Law(
            "or under each family from what brought it: the contract by the report, the statute by a rise",
            "§1.9.8, §1.3",
            """2015-03-20 10:00  report harm=moderate by=PZZ
            2015-06-01 10:00  regrade moderate fatal
            2015-06-05 10:00  enrich by=PZZ,NZZ""",
            """tell REG20_2015 p1 PZZ provisional starts=2015-06-01T10:00
            report SC35_2014 p1 NZZ met
            tell SC35_2014 p1 NZZ open starts=2015-03-20T10:00
            tell REG20_2015 p1 NZZ provisional starts=2015-06-01T10:00""",
        ),
        Law(
            "from the report, though harm was graded down and up again since: down closes nothing",
            "§1.9.8, §1.9.7",
            """2013-06-03 10:00  report harm=moderate
            2013-06-04 10:00  regrade moderate low
            2013-06-05 10:00  regrade low moderate
            2013-06-06 10:00  enrich by=RXX,NZZ""",
            """report SC35_2013 p1 RXX met
            tell SC35_2013 p1 RXX open starts=2013-06-03T10:00
            report SC35_2013 p1 NZZ met
            tell SC35_2013 p1 NZZ open starts=2013-06-03T10:00""",
        ),
        Law(
            "A child under 16: the parent is the relevant person",
            "Regulation 20(7)(b)",
            "2015-06-01 10:00  report harm=severe relation=parent:under_16\n2015-06-02 10:00  told",
            """tell REG20_2015 met relation=parent:under_16
            write REG20_2015 provisional relation=parent:under_16""",
        ),
        Law(
            "The patient is dead: somebody lawfully acts for them",
            "Regulation 20(7)(a)",
            "2015-06-01 10:00  report harm=fatal relation=next_of_kin:dead",
            "tell REG20_2015 provisional relation=next_of_kin:dead",
        ),
        Law(
            "A patient who lacks capacity, which becomes known later",
            "Regulation 20(7)(c)",
            "2015-06-01 10:00  report harm=severe\n2015-06-02 10:00  enrich relation=attorney:lacks_capacity",
            "tell REG20_2015 provisional relation=attorney:lacks_capacity",
            said="1x obligation_opened",
        ),
        Law(
            "of every duty, before it and after it",
            "Regulation 20(7)(c)",
            """2015-06-01 10:00  report harm=severe
            2015-06-02 10:00  enrich relation=attorney:lacks_capacity
            2015-06-03 10:00  told""",
            """tell REG20_2015 met relation=attorney:lacks_capacity
            write REG20_2015 provisional relation=attorney:lacks_capacity""",
        ),
        Law(
            "A lack of capacity entered by mistake: it is the patient again who is told",
            "Regulation 20(7), §1.9.9",
            """2015-06-01 10:00  report harm=severe
            2015-06-02 10:00  A: enrich relation=attorney:lacks_capacity
            2015-06-03 10:00  retract A""",
            "tell REG20_2015 provisional relation=patient",
        ),
    ),
)


@pytest.mark.parametrize("law", TOPIC.cases, ids=str)
def test_law(law: Law) -> None:
    law.check()
