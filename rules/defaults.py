"""The policies that this release brings: for each rule, and for publication, what gives the
version and the content to adopt."""

from collections.abc import Callable

from rules.candour import policy as candour
from rules.escalation import policy as escalation
from rules.indemnity import policy as indemnity
from rules.never_events import policy as never_events
from rules.patterns import policy as patterns
from rules.publication import policy as publication
from rules.signals import policy as signals

DEFAULTS: dict[str, Callable[[], tuple[str, str]]] = {
    "never_events": never_events.default_content,
    "candour": candour.default_content,
    "escalation": escalation.default_content,
    "indemnity": indemnity.default_content,
    "publication": publication.default_content,
    "patterns": patterns.default_content,
    "signals": signals.default_content,
}
