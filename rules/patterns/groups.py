"""Clusters and bulk closing: whether a group stands out now, still does, or no longer."""

from rules.patterns.draft import Draft
from rules.patterns.evolve import extent
from rules.patterns.policy import DAY
from rules.patterns.standing_out import Usual, in_words, stands_out, usual
from rules.patterns.state import CLOSINGS, Group, Member, cluster_subject
from schemas.pattern_types import Over, PatternFound, PatternOver, PatternRestated

NOT_COMPARED = Usual(count=None, days=None)


def judge(draft: Draft, group: Group, *, grew: bool) -> None:
    """After a report or closing was added to the group (`grew`), or taken from it.

    Once found, a pattern stands for as long as enough lies in its window, however usual it becomes.
    """
    window_ms, least = extent(draft.policy, group)
    subject = cluster_subject(draft.provider, group)
    known = draft.known.patterns.get(subject)
    recent = draft.members(group, draft.now - window_ms)
    if known is not None and known.standing:
        if len(recent) < least:
            told = "What it rested on was corrected." if not grew else "Its window has passed."
            over(draft, subject, "passed" if grew else "withdrawn", told)
        elif known.said != _told(recent):
            told = f"Now {len(recent)} in the window."
            draft.say(PatternRestated, subject, told, **_extent(draft, group, recent))
    elif grew and len(recent) >= least:
        _find(draft, group, subject, recent)


def over(draft: Draft, subject: str, why: Over, told: str) -> None:
    known = draft.known.patterns[subject]
    draft.say(
        PatternOver,
        subject,
        told,
        why=why,
        found_revision=known.found_revision,
        found_case=known.found_case,
        as_of=draft.now,
    )


def _find(draft: Draft, group: Group, subject: str, recent: list[Member]) -> None:
    count = len(recent)
    if group == CLOSINGS:
        hours = draft.policy.closing.window_hours
        told = f"{count} duties closed or grades of harm lowered within {hours} hours. Was each one weighed?"
        compared, days, pattern = NOT_COMPARED, -(-hours // 24), "bulk_closing"
    else:
        cluster = draft.policy.clusters[group[0]]  # type: ignore[index]
        began = draft.now - cluster.window_days * DAY
        before = len(draft.members(group, began - cluster.usual_days * DAY, began))
        compared = usual(cluster, before, draft.known.since, draft.now)
        if not stands_out(cluster, count, compared):
            return
        told, days, pattern = in_words(cluster, count, compared), cluster.window_days, "cluster"
    draft.say(
        PatternFound,
        subject,
        told,
        pattern=pattern,
        grouped_by=group[0],
        group_ref=group[1] or draft.provider,
        window_days=days,
        usual_count=compared.count,
        usual_days=compared.days,
        **_extent(draft, group, recent),
    )


def _told(recent: list[Member]) -> tuple[int, int, int]:
    return len(recent), recent[0][0], recent[-1][0]


def _extent(draft: Draft, group: Group, recent: list[Member]) -> dict[str, object]:
    count, first_at, last_at = _told(recent)
    newest = draft.case_of(group, recent[-1])
    return {"count": count, "first_at": first_at, "last_at": last_at, "newest_case": newest}
