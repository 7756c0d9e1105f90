"""Figures that say what they mean, tables without anything about a person, and windows without gaps."""

import copy
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from rules.london import first_second
from rules.policy import PolicyRefused, read_folder
from rules.publication import policy
from rules.publication.changes import NotComparable, changes, require_comparable, require_one_series
from rules.publication.figures import NUMERATOR, CaveatMissing, Completeness, Figure
from rules.publication.ledger import ledger
from rules.publication.release import Order, Release, canonical, read, release
from rules.publication.windows import Adopted, Window, planned, timetable
from tests.spec.releases import TERMS, publish

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
2014-06-09 12:00  E recorded VZZ 2011/99 on=2014-06-02
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
    content = canonical(made()).replace(b'"caveats":["provisional","reported_only"]', b'"caveats":[]', 1)
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


@pytest.mark.parametrize("months", [("2015-03", "2015-04"), ("2018-01", "2018-02"), ("2021-03", "2021-04")])
def test_figures_on_two_sides_of_a_break_are_not_compared(months: tuple[str, str]) -> None:
    require_one_series(TERMS, months[0], months[0])
    with pytest.raises(NotComparable, match=f"breaks on {months[1]}"):
        require_one_series(TERMS, *months)


def test_two_years_are_not_compared() -> None:
    now = ledger([], AS_OF, TERMS)
    before = Window(date(2013, 4, 1), date(2014, 3, 31))
    with pytest.raises(NotComparable, match="two financial years"):
        changes(TERMS, now, before, now, YEAR)
    require_comparable(TERMS, Window(YEAR.first, date(2014, 6, 30)), YEAR)


def test_a_break_within_the_window_is_marked() -> None:
    one = made(window=Window(date(2017, 4, 1), date(2018, 3, 31)))
    assert [each.day for each in one.breaks if each.within_window] == ["2018-02-01"]
    assert len({month.series for month in one.by_month}) == 2


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
