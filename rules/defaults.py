"""The policies that this release brings: for each rule, what gives the version and the content to adopt."""

from collections.abc import Callable

from rules.candour import policy as candour
from rules.escalation import policy as escalation
from rules.indemnity import policy as indemnity

DEFAULTS: dict[str, Callable[[], tuple[str, str]]] = {
    "candour": candour.default_content,
    "escalation": escalation.default_content,
    "indemnity": indemnity.default_content,
}
