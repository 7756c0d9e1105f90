"""Policies from a folder: whose they are, and what is refused with the file's name and the mend."""

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from rules.articles import article_at, articles, changes
from rules.candour.policy import default_content
from rules.defaults import DEFAULTS
from rules.policy import FOLDER, PolicyRefused
from rules.proposals import proposals
from views import policy

CONTENT = default_content()[1]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(FOLDER / "candour", tmp_path / "candour")
    return tmp_path


def edit(folder: Path, file: str, before: str, after: str) -> None:
    place = folder / "candour" / file
    text = place.read_text(encoding="utf-8")
    assert before in text
    place.write_text(text.replace(before, after, 1), encoding="utf-8")


def refused(folder: Path, message: str) -> None:
    with pytest.raises(PolicyRefused, match=message):
        proposals(folder)


def test_the_release_can_be_adopted_as_it_is() -> None:
    found = {one.rule: one.version for one in proposals(FOLDER)}
    assert found == {rule: content()[0] for rule, content in DEFAULTS.items()}


def test_a_folder_of_one_rule_is_known_by_its_name_or_its_files(folder: Path) -> None:
    (one,) = proposals(folder / "candour")
    (folder / "candour").rename(folder / "what we propose")
    (other,) = proposals(folder / "what we propose")
    assert one == other
    assert one.rule == "candour"


def test_a_folder_of_nobody_is_asked_about(tmp_path: Path) -> None:
    (tmp_path / "law.toml").write_text("id = 1\n")
    refused(tmp_path, "whose policy this is cannot be told; put it into a folder of the rule's name")
    with pytest.raises(PolicyRefused, match="nowhere: no such folder"):
        proposals(tmp_path / "nowhere")
    with pytest.raises(PolicyRefused, match="kindness: no rule of that name has a policy"):
        proposals(tmp_path, "kindness")


def test_an_overlap_names_both_files_and_the_mend(folder: Path) -> None:
    edit(folder, "SC35_2014.toml", "valid_from = 2014-04-01", "valid_from = 2014-03-01")
    refused(folder, r"SC35_2013\.toml and SC35_2014\.toml overlap .*end the earlier one first")


def test_a_gap_names_both_files_and_the_mend(folder: Path) -> None:
    edit(folder, "SC35_2014.toml", "valid_from = 2014-04-01", "valid_from = 2014-05-01")
    refused(folder, r"a gap between SC35_2013\.toml and SC35_2014\.toml .*move one of the two dates")


def test_a_missing_source_names_the_file_and_the_duty(folder: Path) -> None:
    edit(
        folder,
        "SC35_2013.toml",
        'source = "law.md §1.7 CLK-02 (S11, S15); the start at the report is general knowledge"\n',
        "",
    )
    refused(folder, re.escape("SC35_2013.toml, duty 2: source is missing; add it"))


def test_a_missing_source_of_the_readings_names_their_file(folder: Path) -> None:
    edit(folder, "readings.toml", "source = ", "origin = ")
    refused(folder, re.escape("readings.toml: source is missing; add it") + "|origin is no field of it")


def test_what_is_no_toml_names_the_file(folder: Path) -> None:
    edit(folder, "SC35_2013.toml", "id = ", "id ")
    refused(folder, r"SC35_2013\.toml: not TOML")


def test_a_clause_is_found_by_the_names_of_instrument_and_duty() -> None:
    found = article_at(CONTENT, ("SC35_2013", "tell"))
    assert found is not None
    assert found.title.startswith("Service Condition 35: tell the relevant person within 10")
    assert (found.within, found.basis) == ("NHS Standard Contract 2013/14, Service Condition 35", "contract")
    assert (found.valid_from, found.valid_to) == (date(2013, 4, 1), date(2014, 3, 31))
    assert not found.firm, "the start of the days is unconfirmed"
    assert article_at(CONTENT, ("SC35_2013", "write")) is None


def test_three_clocks_of_one_name_are_three_articles_and_a_signal_has_its_own_name() -> None:
    content = DEFAULTS["escalation"]()[1]
    paths = [one.path for outer in articles(content) for one in outer.whole()]
    assert len(paths) == len(set(paths))
    changed = content.replace('"working_days":45', '"working_days":50', 1)
    (found,) = changes(content, changed)
    assert found.article == "frameworks / SIF_2010 / clock / Investigation of grade 1"
    asked = article_at(DEFAULTS["signals"]()[1], ("graded_down",))
    assert asked is not None
    assert not asked.binds, "the readings of the policy say that it is proposed"
    monitor = article_at(content, ("MONITOR",))
    assert monitor is not None
    assert monitor.title == "Monitor"


def test_what_is_proposed_informs_and_is_shown_after_what_binds() -> None:
    on = policy.shown(CONTENT, date(2014, 1, 1))
    outer = [one for one in on if one.depth == 0]
    assert [one.binds for one in outer] == sorted((one.binds for one in outer), reverse=True)
    notes = {one.name: one.note for one in outer}
    assert notes["PROP_HARD_TRUTHS"] == "Proposed: informs, never binds."
    assert "SC35_2013" in notes
    assert "SC35_2014" not in notes
    homes = {one.name for one in policy.shown(CONTENT, date(2014, 12, 1), "care_home") if one.depth == 0}
    assert "SC35_2014" in homes
    assert "REG20_HSB_2014" not in homes


def test_every_article_names_its_source_and_its_confidence() -> None:
    for outer in articles(CONTENT):
        for one in outer.whole():
            assert one.source, one.path
            assert one.confidence, one.path


def test_changes_are_told_field_by_field(folder: Path) -> None:
    edit(folder, "SC35_2013.toml", 'harm = "moderate"', 'harm = "severe"')
    (folder / "candour" / "PROP_POA_BILL.toml").unlink()
    (proposed,) = proposals(folder)
    found = changes(CONTENT, proposed.content)
    assert [(one.field, one.before, one.after) for one in found if "SC35_2013" in one.article] == [
        ("harm", "moderate", "severe")
    ]
    assert all(one.after is None for one in found if "PROP_POA_BILL" in one.article)
    assert changes(CONTENT, CONTENT) == []
