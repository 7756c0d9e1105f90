"""Figures that say what they mean, tables without anything about a person, and windows without gaps."""

import copy
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from rules.london import first_second
from rules.never_events import policy as lists
from rules.policy import PolicyRefused, read_folder
from rules.policy import canonical as lists_canonical
from rules.publication import policy
from rules.publication.changes import Because, NotComparable, Stood, changes, require_comparable
from rules.publication.checks import checks
from rules.publication.figures import NUMERATOR, CaveatMissing, Completeness, Figure
from rules.publication.ledger import ledger
from rules.publication.release import Earlier, Order, Release, canonical, read, release
from rules.publication.succession import Signature, taken
from rules.publication.terms import Terms
from rules.publication.windows import Adopted, Window, planned, timetable
from sinks.publication.bars import bars
from sinks.publication.page import fragment
from tests.spec.notation import moment
from tests.spec.releases import TERMS, as_made, publish

YEAR = Window(date(2014, 4, 1), date(2014, 7, 31))
AS_OF = first_second(date(2014, 8, 27))
HISTORY = """
2014-05-01 00:00  begins
2014-05-06 10:00  A recorded RXX 2011/1 on=2014-04-10 sub=wrong_side
2014-05-07 10:00  A counted
2014-05-08 10:00  B recorded RXX 2011/3 on=2014-05-02
2014-05-09 10:00  C recorded RYY 2011/1 on=2014-05-02 sub=john_smith_of_ward_4
2014-05-09 11:00  C counted
2014-05-09 12:00  D recorded ??? 2011/1 on=2014-05-02
2014-06-09 12:00  E recorded NZZ 2011/99 on=2014-06-02
"""


def made(history: str = HISTORY, window: Window = YEAR, as_of: int = AS_OF) -> Release:
    return release(publish(history).said, Order(window, "monthly", "chosen_window", as_of), TERMS)


def figures(one: Release) -> Iterator[Figure]:
    yield from (one.totals, *one.by_month)
    for kind in one.by_type:
        yield from (kind, *kind.subtypes)
    for organisation in one.by_organisation:
        yield from (organisation, *organisation.types)


FIELDS: dict[str, Any] = {
    "code": "2014-04",
    "label": "April 2014",
    "count": 2,
    "numerator": NUMERATOR,
    "under_review": 1,
    "completeness": Completeness(recorded=3, reviewed=2),
    "as_of": "2014-08-27T00:00:00Z",
    "caveats": ("provisional",),
}


@pytest.mark.parametrize("name", ["caveats", "completeness", "as_of", "numerator"])
def test_a_figure_cannot_be_made_without_what_it_means(name: str) -> None:
    Figure(**FIELDS)
    with pytest.raises(TypeError, match=name):
        Figure(**{field: value for field, value in FIELDS.items() if field != name})


@pytest.mark.parametrize("changed", [{"caveats": ()}, {"caveats": ("",)}, {"as_of": ""}])
def test_nor_with_an_empty_word_on_it(changed: dict[str, Any]) -> None:
    with pytest.raises(CaveatMissing):
        Figure(**FIELDS | changed)


def test_nor_with_numbers_that_do_not_make_up_its_total() -> None:
    with pytest.raises(ValueError, match="do not make up"):
        Figure(**FIELDS | {"count": 3})


def test_nor_read_from_a_file_without_it() -> None:
    content = canonical(made()).replace(
        b'"caveats":["provisional","reported_only","list_of_the_day"]', b'"caveats":[]', 1
    )
    with pytest.raises(msgspec.ValidationError, match="caveat"):
        read(content)


def test_each_figure_names_a_caveat_that_the_release_holds() -> None:
    one = made()
    held = {caveat.id for caveat in one.caveats}
    for figure in figures(one):
        assert set(figure.caveats) <= held
        assert figure.as_of == one.as_of


def test_the_three_tables_agree() -> None:
    one = made()
    assert (one.totals.count, one.totals.under_review) == (2, 3)
    for rows in (one.by_month, one.by_type, one.by_organisation):
        assert sum(row.count for row in rows) == one.totals.count
        assert sum(row.under_review for row in rows) == one.totals.under_review
    for kind in one.by_type:
        assert sum(row.count for row in kind.subtypes) == kind.count
    for organisation in one.by_organisation:
        assert sum(row.count for row in organisation.types) == organisation.count


def test_a_cell_of_one_is_published_at_the_level_of_a_provider() -> None:
    rows = {row.code: row for row in made().by_organisation}
    assert rows["RYY"].count == 1
    assert [kind.count for kind in rows["RYY"].types] == [1]


def test_what_somebody_typed_is_never_published() -> None:
    text = canonical(made()).decode()
    assert "john" not in text
    assert "???" not in text
    assert "Other sub-type" in text
    assert "Organisation not in the directory" in text
    assert made().gaps.organisation_not_known == 1
    assert made().gaps.type_not_known == 1


KEYS = {
    *Release.__struct_fields__,
    *("code", "label", "count", "numerator", "under_review", "completeness", "as_of", "caveats", "series"),
    *("list_version", "type_no", "subtypes", "types", "recorded", "reviewed"),
    *("day_not_known", "type_not_known", "organisation_not_known", "cases_not_judged", "out_of_scope"),
    *("id", "says", "source", "confidence", "day", "within_window"),
    *("window_to", "table", "row", "part", "part_label", "measure", "before", "after", "because"),
    *("reason", "change"),
}
PERSONAL = ("patient", "person", "name", "ward", "case", "nhs", "birth", "consultant", "reporter", "shift")


TWO_MONTHS = """
2014-05-01 00:00  begins
2014-05-06 10:00  A recorded RXX 2011/1 on=2014-04-10 sub=wrong_side
2014-05-07 10:00  A counted
2014-05-08 10:00  B recorded RYY 2011/3 on=2014-04-12
2014-06-02 10:00  C recorded RYY 2011/1 on=2014-05-02
2014-06-03 10:00  A withdrawn rejected
2014-06-28 00:00  tick
"""


def differing(table: str, **changed: Any) -> tuple[bool, bool]:
    """Whether `differencing` passes on May, and again with one change of this table altered."""
    _, may = publish(TWO_MONTHS).releases
    (place, *_) = (
        at for at, each in enumerate(may.changes) if each.table == table and each.before > each.after
    )
    altered = msgspec.structs.replace(may.changes[place], **changed)
    other = msgspec.structs.replace(may, changes=(*may.changes[:place], altered, *may.changes[place + 1 :]))
    before, after = (
        check.passed
        for one in (may, other)
        for check in checks(one, canonical(one), None)
        if check.id == "differencing"
    )
    return before, after


@pytest.mark.parametrize(
    ("table", "changed"),
    [
        ("by_month", {"row": "2014-04-10"}),
        ("by_month", {"part": "2011/1"}),
        ("by_type", {"part": "Theatre 4"}),
        ("by_organisation", {"row": "RXX/A1"}),
        ("by_organisation", {"part": "2011/1/wrong_side"}),
        ("totals", {"row": "RXX"}),
    ],
)
def test_subtracting_a_release_shows_nothing_finer_than_releases_count(
    table: str, changed: dict[str, str]
) -> None:
    assert differing(table, **changed) == (True, False)


@pytest.mark.parametrize(
    "because",
    [
        (),
        (Because(reason="new_period", says="", change=-1),),
        (
            Because(reason="new_period", says="", change=-1),
            Because(reason="withdrawn", says="", change=-1),
            Because(reason="confirmed", says="", change=1),
        ),
    ],
)
def test_no_figure_falls_without_a_revision_that_says_why(because: tuple[Because, ...]) -> None:
    assert differing("by_organisation", because=because) == (True, False)


def test_no_key_is_of_a_person_a_case_or_a_ward() -> None:
    keys = set(_keys(msgspec.json.decode(canonical(made()))))
    assert keys <= KEYS
    assert not [key for key in keys - {"cases_not_judged"} if any(word in key for word in PERSONAL)]


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _keys(inner)


def test_made_twice_it_is_the_same_bytes() -> None:
    said = publish(HISTORY).said
    order = Order(YEAR, "monthly", "chosen_window", AS_OF)
    assert canonical(release(said, order, TERMS)) == canonical(release(said[::-1], order, TERMS))
    assert read(canonical(made())) == made()


def test_what_is_said_later_changes_nothing() -> None:
    later = HISTORY + "2014-08-27 00:01  B counted\n2014-09-01 10:00  A withdrawn rejected\n"
    assert canonical(made(later)) == canonical(made())


def test_each_month_is_new_in_exactly_one_release() -> None:
    """Trap 25: over the changeover, and for ten years."""
    begins = TERMS.policy.cadence[0].first_draft_on
    assert begins is not None
    fresh: list[str] = []
    before: dict[date, set[str]] = {}
    for plan in planned(TERMS.policy, first_second(begins), first_second(date(2023, 6, 1))):
        known = before.setdefault(plan.window.first, set())
        fresh += [month for month in plan.window.months() if month not in known]
        known |= set(plan.window.months())
    months, day = [], date(2013, 4, 1)
    while day < date(2023, 5, 1):
        months.append(day.isoformat()[:7])
        day = policy.months_after(day, 0) + timedelta(days=1)
    assert fresh == months


def test_a_release_drafted_on_the_day_is_not_drafted_before() -> None:
    (first,) = planned(TERMS.policy, AS_OF, AS_OF)
    assert (first.window, first.cadence) == (YEAR, "monthly")
    assert list(planned(TERMS.policy, AS_OF + 1, AS_OF + 1)) == []


def test_two_years_are_not_compared() -> None:
    now = ledger([], AS_OF, TERMS)
    before = Window(date(2013, 4, 1), date(2014, 3, 31))
    with pytest.raises(NotComparable, match="two financial years"):
        changes(Stood(now, before, TERMS), now, Stood(now, YEAR, TERMS))
    require_comparable(TERMS, Window(YEAR.first, date(2014, 6, 30)), YEAR)


def test_a_break_within_the_window_is_marked() -> None:
    one = made(window=Window(date(2017, 4, 1), date(2018, 3, 31)))
    assert [each.day for each in one.breaks if each.within_window] == ["2018-02-01"]
    assert len({month.series for month in one.by_month}) == 2


def test_the_revised_total_of_a_closed_year_is_never_called_final() -> None:
    """Trap 24; law.md §13 no. 10: that there are final figures is known; when a year becomes so is not."""
    year = Window(date(2013, 4, 1), date(2014, 3, 31))
    one = release(publish(HISTORY).said, Order(year, "monthly", "revised_year", AS_OF), TERMS)
    assert one.provisional
    (said,) = [caveat.says for caveat in one.caveats if caveat.id == "provisional"]
    assert "Those of a year that has ended are revised and stay provisional" in said
    assert all("provisional" in figure.caveats for figure in figures(one))
    page = fragment(one)
    assert "the revised total of a year that has ended; it is not final" in page
    assert "not final" not in fragment(made()).replace(said, "")


def test_chart_and_table_are_cut_where_the_series_breaks() -> None:
    """Before the first month of the new series, and nowhere else."""
    window = Window(date(2017, 4, 1), date(2018, 3, 31))
    history = """
    2018-04-05 09:00  begins
    2018-04-06 09:00  A recorded RXX 2015/1 on=2018-01-31
    2018-04-07 09:00  B recorded RXX 2018/1 on=2018-02-01
    """
    one = made(history, window, first_second(date(2018, 4, 28)))
    chart = bars(one.by_month)
    assert chart is not None
    assert [(row.label, row.broken) for row in chart.rows if row.broken] == [("February 2018", "2018-02-01")]
    page = fragment(one)
    assert "The series breaks here: do not compare across 1 February 2018" in page
    table = page[page.index('id="by-month"') :]
    cut = table.index("The series breaks on 1 February 2018: do not compare across this line.")
    assert table.index("January 2018") < cut < table.index("February 2018</th>")
    assert table.count("do not compare across this line") == 1


Files = dict[str, dict[str, Any]]


@pytest.fixture
def files() -> Files:
    return copy.deepcopy(read_folder("publication"))


def refused(files: Files, message: str) -> None:
    with pytest.raises(PolicyRefused, match=message):
        policy.parse(policy.content_of(files))


def test_a_changeover_that_drops_or_doubles_a_month_is_refused(files: Files) -> None:
    for day in (date(2014, 5, 31), date(2014, 3, 31)):
        files["cadence"]["cadence"][1]["first_window_end"] = day
        refused(files, "must end on 2014-04-30, or a month is dropped or doubled")


def test_a_table_without_a_caveat_is_refused(files: Files) -> None:
    for caveat in files["caveats"]["caveat"]:
        caveat["tables"] = [table for table in caveat["tables"] if table != "by_type"]
    refused(files, "none is for by_type")


def test_a_file_that_is_missing_or_unknown_is_named(files: Files) -> None:
    with pytest.raises(PolicyRefused, match=r"odd\.toml is no file"):
        policy.content_of({**files, "odd": {}})
    del files["cadence"]
    with pytest.raises(PolicyRefused, match=r"cadence\.toml is missing"):
        policy.content_of(files)


def test_what_is_not_sure_says_so(files: Files) -> None:
    monthly = files["cadence"]["cadence"][1]
    assert "conflict" in monthly["confidence"]
    assert "by April 2014" in monthly["note"]


def adopted(files: Files, day: date) -> Adopted:
    return Adopted(policy.parse(policy.content_of(files)), first_second(day))


def test_a_new_policy_drafts_each_window_once(files: Files) -> None:
    """A shorter lag from July on: what it would have had earlier is drafted when it comes, nothing twice."""
    first = adopted(files, date(2014, 1, 1))
    files["cadence"]["cadence"][1]["lag_days"] = 5
    second = adopted(files, date(2014, 7, 10))
    plans = [plan for plan, _ in timetable([first, second], first_second(date(2014, 9, 10)))]
    ends = [plan.window.last for plan in plans]
    assert ends == [
        date(2013, 12, 31),
        date(2014, 3, 31),
        *(policy.months_after(date(2014, 4, 1), n) for n in range(5)),
    ]
    june = plans[ends.index(date(2014, 6, 30))]
    assert june.as_of == second.recorded_at
    assert [plan.as_of for plan in plans] == sorted(plan.as_of for plan in plans)
    assert plans[-1].as_of == first_second(date(2014, 9, 5))


def test_nothing_is_drafted_for_days_before_the_log_began(files: Files) -> None:
    (only,) = timetable([adopted(files, date(2014, 8, 1))], first_second(date(2014, 9, 1)))
    assert only[0].window == YEAR


THREE_BY_JUNE = """
2014-01-01 00:00  begins
2014-04-11 10:00  A recorded RXX 2011/1 on=2014-04-10
2014-05-11 10:00  B recorded RXX 2011/1 on=2014-05-10
2014-06-11 10:00  C recorded RXX 2011/1 on=2014-06-10
2014-07-11 10:00  D recorded RXX 2011/1 on=2014-07-10
2014-08-28 00:00  tick
"""


def test_another_cadence_never_publishes_a_shorter_window_over_a_longer_one(files: Files) -> None:
    """Quarterly to June; by the policy that comes in August, monthly from April: April and May stay away."""
    quarterly = copy.deepcopy(files)
    quarterly["cadence"]["cadence"][0]["last_window_end"] = date(2014, 6, 30)
    quarterly["cadence"]["cadence"][1]["first_window_end"] = date(2014, 7, 31)
    policies = adopted(quarterly, date(2014, 1, 1)), adopted(files, date(2014, 8, 1))
    found = [one for one in publish(THREE_BY_JUNE, *policies).releases if one.year == "2014/15"]
    assert [(one.window_to, one.revision, one.totals.under_review) for one in found] == [
        ("2014-06-30", 1, 3),
        ("2014-07-31", 2, 4),
    ]
    reasons = {why.reason for each in found[1].changes for why in each.because}
    assert reasons == {"new_period"}


def test_of_what_a_new_policy_would_have_had_earlier_the_longest_window_is_drafted(files: Files) -> None:
    late, soon = copy.deepcopy(files), copy.deepcopy(files)
    late["cadence"]["cadence"][1]["lag_days"] = 200
    policies = adopted(late, date(2014, 5, 1)), adopted(soon, date(2014, 8, 1))
    plans = [plan for plan, _ in timetable(policies, first_second(date(2014, 8, 28)))]
    assert [plan.window.last for plan in plans] == [date(2014, 6, 30), date(2014, 7, 31)]


def test_a_window_that_ends_earlier_is_not_compared() -> None:
    now = ledger([], AS_OF, TERMS)
    with pytest.raises(NotComparable, match="windows only grow"):
        changes(Stood(now, YEAR, TERMS), now, Stood(now, Window(YEAR.first, date(2014, 6, 30)), TERMS))


UNSIGNED = """
2014-05-01 00:00  begins
2014-05-02 10:00  A recorded RXX 2011/1 on=2014-04-10
2014-05-03 10:00  A counted
2014-06-02 10:00  A withdrawn rejected
2014-06-20 10:00  director away
2014-07-10 10:00  director back
2014-07-28 00:00  tick
"""


def test_under_the_policy_it_was_drafted_by_a_release_stays_as_it_was(files: Files) -> None:
    """Adopted before there was a choice, a policy compares with the release drafted before, signed or not."""
    del files["readings"]["succession"]
    _, may, june = publish(UNSIGNED, adopted(files, date(2014, 5, 1))).releases
    assert (june.supersedes, june.changes) == (may.id, ())


def test_nobody_signs_below_or_beside_what_is_public() -> None:
    """June was compared with April: once it is signed, May counts no more, whatever the log holds."""
    drafted = [as_made(one, TERMS) for one in publish(UNSIGNED).releases]
    april, may, june = (Signature(at, one.id, one.id, one.sha256) for at, one in enumerate(drafted))
    assert taken(drafted, [april, june, may._replace(at=9)]).keys() == {april.release_id, june.release_id}
    assert taken(drafted, [april, may, june]).keys() == {april.release_id, may.release_id}
    assert taken(drafted, [june, may]) == {}
    other = april._replace(sha256="0" * 64)
    assert taken(drafted, [other]) == taken([drafted[0]._replace(stopped=True)], [april]) == {}


AT_A_PRACTICE = """
2014-05-01 00:00  begins
2014-05-02 10:00  A recorded GZZ 2011/1 on=2014-04-10
2014-05-03 10:00  A counted
2014-05-04 10:00  B recorded RXX 2011/1 on=2014-04-11 sub=named_later
2014-07-02 10:00  B counted
2014-08-28 00:00  tick
"""


def failed(made: list[Release]) -> list[str]:
    """What the checks find against them."""
    held = {one.id: one for one in made}
    return [
        check.told
        for one in made
        for check in checks(one, canonical(one), held.get(one.supersedes or ""))
        if not check.passed
    ]


def reasons(one: Release) -> set[tuple[str, str, int]]:
    return {
        (each.table, why.reason, why.change)
        for each in one.changes
        for why in each.because
        if each.measure == "meets_definition"
    }


def test_figures_released_under_another_policy_are_told_from_what_has_happened(files: Files) -> None:
    """In June practices are left out: no later release of the year is stopped, and May's says why."""
    narrower = copy.deepcopy(files)
    narrower["readings"]["provider_types"].remove("gp_practice")
    policies = adopted(files, date(2014, 5, 1)), adopted(narrower, date(2014, 6, 2))
    found = publish(AT_A_PRACTICE, *policies).releases
    assert [one.totals.count for one in found] == [1, 0, 1, 1]
    assert failed(found) == []
    assert reasons(found[1]) == {
        (table, "other_policy", -1) for table in ("totals", "by_month", "by_type", "by_organisation")
    }
    assert {why for _, why, _ in reasons(found[2])} == {"confirmed"}


def test_a_sub_type_that_a_later_list_names_leaves_the_others(files: Files) -> None:
    content = msgspec.json.decode(lists.default_content()[1])
    (of_2011,) = [one for one in content["lists"] if one["version"] == "2011"]
    named = {"code": "named_later", "title": "Named later", "counts": True, "source": "-", "confidence": "-"}
    of_2011["type"][0]["subtype"].append(named)
    later = Terms(TERMS.policy, lists.parse(lists_canonical(content)))
    said = publish(AT_A_PRACTICE).said
    window = Window(YEAR.first, date(2014, 5, 31))
    april = Order(window, "monthly", "year_to_date", moment("2014-06-10T00:00"))
    before = release(said, april, TERMS)
    earlier = Earlier(before.id, window, april.as_of, TERMS)
    after = release(said, april._replace(as_of=AS_OF, earlier=earlier, revision=2), later)
    assert not [one for one in checks(after, canonical(after), before) if not one.passed]
    moved = {
        (each.part, each.measure): each for each in after.changes if each.table == "by_type" and each.part
    }
    assert moved["other", "under_review"].because[0].reason == "other_policy"
    assert [why.reason for why in moved["named_later", "meets_definition"].because] == ["confirmed"]


NOT_CLEAR = """
2014-05-01 00:00  begins
2014-05-06 10:00  A recorded RXX 2011/1 on=2014-04-10
2014-05-07 10:00  A counted
2014-05-08 10:00  A quarantined
2014-05-08 11:00  B quarantined
"""


def test_of_a_case_that_cannot_be_judged_the_page_claims_nothing() -> None:
    """What was counted before it was set aside stands in the figures."""
    one = made(NOT_CLEAR.replace("2014-05-08 11:00  B quarantined\n", ""))
    assert (one.totals.count, one.gaps.cases_not_judged) == (1, 1)
    told = "Of 1 case it cannot be said at present whether it belongs in these figures"
    assert told in fragment(one)
    assert "Of 2 cases it cannot be said at present whether they belong in" in fragment(made(NOT_CLEAR))


def test_gaps_are_of_the_window(files: Files) -> None:
    """Of B nothing is known: what it tells of had happened when it was set aside."""
    history = NOT_CLEAR + "2014-05-09 10:00  C recorded VZZ 2011/1 on=2014-04-10\n"
    files["readings"]["provider_types"].remove("care_home")
    terms = Terms(adopted(files, date(2014, 5, 1)).policy, TERMS.lists)

    def gaps(first: date, last: date) -> tuple[int, int]:
        order = Order(Window(first, last), "monthly", "chosen_window", AS_OF)
        found = release(publish(history).said, order, terms).gaps
        return found.cases_not_judged, found.out_of_scope

    assert gaps(date(2014, 4, 1), date(2014, 4, 30)) == (2, 1)
    assert gaps(date(2014, 5, 1), date(2014, 5, 31)) == (1, 0)
    assert gaps(date(2014, 6, 1), date(2014, 6, 30)) == (0, 0)
    assert gaps(date(2013, 4, 1), date(2014, 3, 31)) == (1, 0)
    del files["readings"]["gaps"]
    terms = Terms(adopted(files, date(2014, 5, 1)).policy, TERMS.lists)
    assert gaps(date(2014, 6, 1), date(2014, 6, 30)) == (2, 1)


def test_what_is_added_over_a_break_says_so() -> None:
    one = made(window=Window(date(2017, 4, 1), date(2018, 3, 31)))
    assert any(each.within_window for each in one.breaks)
    assert "list_of_the_day" in one.totals.caveats
    rows = (*made().by_month, *made().by_type, *made().by_organisation)
    assert all("list_of_the_day" in row.caveats for row in rows)


@pytest.mark.parametrize("why", ["gate_not_met", "rejected", "merged"])
def test_why_an_event_was_taken_out_is_not_published(files: Files, why: str) -> None:
    """The only one at a place: its harm was too slight would be told of one patient."""
    history = f"""
    2014-05-01 00:00  begins
    2014-05-02 10:00  A recorded NZZ 2011/17 on=2014-04-10
    2014-06-02 10:00  A withdrawn {why}
    2014-06-28 00:00  tick
    """
    _, may = publish(history).releases
    assert {each.reason for one in may.changes for each in one.because} == {"withdrawn"}
    del files["readings"]["withdrawals"]
    _, may = publish(history, adopted(files, date(2014, 5, 1))).releases
    assert {each.reason for one in may.changes for each in one.because} == {f"withdrawn_{why}"}


OF_SOME_SCOPE = """
2014-05-01 00:00  begins
2014-05-06 10:00  A recorded PZZ 2011/1 on=2014-04-10
2014-05-06 10:00  B recorded NZZ 2011/1 on=2014-04-10
2014-05-06 10:00  C recorded GZZ 2011/1 on=2014-04-10
2014-05-06 10:00  D recorded DZZ 2011/1 on=2014-04-11
2014-05-06 10:00  E recorded ??? 2011/1 on=2014-04-11
"""


def test_only_care_of_the_nhs_is_released_and_no_practice_by_its_code(files: Files) -> None:
    """Law.md §5, scope; traps 22, 52. Of an organisation that nobody knows nobody knows a contract either."""
    one = made(OF_SOME_SCOPE)
    rows = {row.code: (row.label, row.under_review) for row in one.by_organisation}
    assert rows == {
        "NZZ": ("NZZ", 1),
        "together": ("GP and dental practices, shown together", 2),
        "not_known": ("Organisation not in the directory", 1),
    }
    assert (one.totals.under_review, one.gaps.out_of_scope) == (4, 1)
    assert not any(code in canonical(one).decode() for code in ("PZZ", "GZZ", "DZZ"))
    for name in ("needs_nhs_contract", "shown_together"):
        del files["readings"][name]
    before = Terms(adopted(files, date(2014, 5, 1)).policy, TERMS.lists)
    order = Order(YEAR, "monthly", "chosen_window", AS_OF)
    rows_then = release(publish(OF_SOME_SCOPE).said, order, before).by_organisation
    assert {row.code for row in rows_then} == {"PZZ", "NZZ", "GZZ", "DZZ", "not_known"}


def test_an_entry_that_says_nothing_of_a_contract_stays_in() -> None:
    """It was recorded before entries said so."""
    said = [replace(one, nhs_contract=None) for one in publish(OF_SOME_SCOPE).said if one.case_id == "A"]
    one = release(said, Order(YEAR, "monthly", "chosen_window", AS_OF), TERMS)
    assert [row.code for row in one.by_organisation] == ["PZZ"]


def test_moved_to_where_it_is_no_care_of_the_nhs_it_leaves_and_says_so() -> None:
    history = """
    2014-05-01 00:00  begins
    2014-05-06 10:00  A recorded NZZ 2011/1 on=2014-04-10
    2014-05-07 10:00  A counted
    2014-06-06 10:00  A moved to=PZZ
    2014-07-06 10:00  A moved to=NZZ
    2014-07-28 00:00  tick
    """
    _, may, june = publish(history).releases
    assert {reason for _, reason, _ in reasons(may)} == {"restated_organisation"}
    assert {reason for _, reason, _ in reasons(june)} == {"restated_organisation"}
    assert (may.totals.count, june.totals.count) == (0, 1)


def test_what_is_shown_together_needs_a_name(files: Files) -> None:
    del files["wording"]["labels"]["organisations_together"]
    refused(files, r"labels\.organisations_together is missing")
