"""What the API says, in the words of the pages: London times, titles for kinds of record, words for roles."""

import re
from collections.abc import Iterable

from producers.roles import MAY, ROLES
from views.pages import times, words
from views.pages.follow_up_forms import BY_TYPE

_ROLE = "|".join(ROLES)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_KIND = re.compile(rf"(?:\ban? )?\b({'|'.join(BY_TYPE)})\b")
_FOR_ROLES = re.compile(rf"\bfor ((?:{_ROLE})(?:, (?:{_ROLE}))*);")
_YOU = re.compile(rf"\byou are ({_ROLE})\b")
_CODE = re.compile(r"`([^`]*)`")
# What only somebody who writes to the API can do.
_SAID_OTHERWISE = {
    "an enrichment": f"“{BY_TYPE['enriched'].title}”",
    "Compare it with the API's description.": "Use letters, digits and a few signs, but no spaces.",
    "Check the date and the offset from UTC.": "Check the date and the time.",
    "Input should be": "has to be",
    "This Idempotency-Key was used for another request. Send a new request under a new key.": (
        "This was sent before with other words in it."
    ),
    "is not a role that the log can name; it says `other`, and your words are kept in the vault.": (
        "is not a role that a record can name: it says “other”, and your words are kept locked away."
    ),
    "reported_at": "the time of the report",
    "says nothing new.": "This form says nothing new.",
}


def plain(text: str) -> str:
    """The names of a form's own fields are left as they are (see `fields.placed`)."""
    for written, said in _SAID_OTHERWISE.items():
        text = text.replace(written, said)
    text = _TIME.sub(lambda found: times.when(found[0].replace("Z", "+00:00")), text)
    text = _KIND.sub(lambda found: f"“{BY_TYPE[found[1]].title}”", text)
    text = _FOR_ROLES.sub(lambda found: f"for: {_named(found[1].split(', '))};", text)
    text = _YOU.sub(lambda found: f"you are signed in as: {words.ROLES[found[1]]}", text)
    return _CODE.sub(r"“\1”", text)


def who_may(action: str, what: str) -> str:
    """As the door's table says."""
    return f"“{what}” is for: {_named(role for role in ROLES if action in MAY[role])}."


def _named(roles: Iterable[str]) -> str:
    return ", ".join(words.ROLES[role] for role in roles)
