"""Who reads what: one table, for the read API, the live feed and the pages that ask them.

Signed in: a caller with a provider reads that provider's cases, one without (an auditor, say) reads all.
Not signed in: on loopback, where the stack runs for demonstration, one reads as the safety team of all
providers; anywhere else one signs in first.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from starlette.requests import HTTPConnection

from producers.refusals import Fault, Refused
from producers.roles import Caller, Role
from producers.sign_in import SignIn
from schemas import claim_events as claims
from schemas import indemnity_types as indemnity
from schemas.contracts import snake
from schemas.signal_types import SIGNAL_OUTCOMES

SAFETY_TEAM = Caller("safety")
_REVIEWERS: frozenset[Role] = frozenset({"safety", "director", "auditor"})
READERS: dict[str, frozenset[Role]] = {
    "cases": _REVIEWERS | {"reporter", "clinician"},
    "words": _REVIEWERS | {"clinician"},
    "readings": frozenset({"auditor"}),
    "families": _REVIEWERS | {"clinician"},
    "reviews": _REVIEWERS,
    "audit": _REVIEWERS | {"admin"},
    "drafts": _REVIEWERS | {"publisher"},
}
"""The table: what may be read, by whom; everybody else is refused.

`cases`: each case, the board, and the lists of what is owed. `words`: what was written about a case, and who
its patients are; who found or decided by name is read there by those who read the record. `readings`: who
has read them, and who reported. `families`: what they have still to hear is read by those who tell it, too.
`reviews`: of claims. `audit`: signals too. `drafts`: releases not yet published.
"""

_TO_FAMILIES = (
    claims.AvoidabilityStated,
    claims.MaterialFactRecorded,
    claims.MaterialFactShared,
    indemnity.FamilyUpdateOwed,
    indemnity.FamilyUpdateGiven,
    indemnity.FamilyUpdateWithdrawn,
    indemnity.FactWaits,
    indemnity.FactTold,
    indemnity.FactNotShared,
    indemnity.FactAlarmWithdrawn,
    indemnity.FactDropped,
)
_APART: dict[str, str] = {
    snake(kind.__name__): what
    for what, kinds in (
        ("reviews", (*claims.CLAIM_EVENTS, *indemnity.INDEMNITY_OUTCOMES)),
        ("families", _TO_FAMILIES),
        ("audit", SIGNAL_OUTCOMES),
    )
    for kind in kinds
}
"""Records of a case that are for those alone who may read the list they belong to."""


def reads(caller: Caller, what: str) -> bool:
    return caller.role in READERS[what]


def reads_record(caller: Caller, type: str) -> bool:
    """Whether who may read a case is shown a record of this type."""
    return reads(caller, _APART.get(type, "cases"))


@dataclass(frozen=True)
class Access:
    sign_in: SignIn

    def reader(self, request: HTTPConnection) -> Caller:
        """Raises `Refused` (401, 403), as do all of these."""
        return self._one_of("cases", request, "Cases are")

    def auditor(self, request: HTTPConnection) -> Caller:
        return self._one_of("audit", request, "The audit is")

    def reviewer(self, request: HTTPConnection) -> Caller:
        return self._one_of("reviews", request, "Reviews of claims are")

    def teller(self, request: HTTPConnection) -> Caller:
        return self._one_of("families", request, "What families have still to hear is")

    def word_reader(self, request: HTTPConnection) -> Caller:
        """Somebody who signed in, on this machine too: their reading is written down."""
        self._require_signed_in(request, "Each reading of what was written names a role.")
        return self._one_of("words", request, "What was written about a case is")

    def reader_of_readings(self, request: HTTPConnection) -> Caller:
        self._require_signed_in(request, "Who has read a case is for those who audit it.")
        return self._one_of("readings", request, "Who has read a case is")

    def _require_signed_in(self, request: HTTPConnection, why: str) -> None:
        if self.sign_in.caller(request) is None:
            raise Refused(401, "Sign in first", [Fault("", why)])

    def _one_of(self, what: str, request: HTTPConnection, named: str) -> Caller:
        caller = self.sign_in.caller(request)
        if caller is None:
            if not self.sign_in.open_to(request):
                fault = Fault("", "Reading needs a role.", "Send `Authorization: Bearer …`.")
                raise Refused(401, "Sign in first", [fault])
            caller = SAFETY_TEAM
        if not reads(caller, what):
            detail = f"{named} for {', '.join(sorted(READERS[what]))}; you are {caller.role}."
            raise Refused(403, "Not yours to read", [Fault("", detail)])
        return caller


def own_provider(caller: Caller, asked: str | None) -> str | None:
    """The provider to read: the one asked for, or the caller's own. Raises `Refused` (403) for another's."""
    if caller.provider is None or asked in (None, caller.provider):
        return asked or caller.provider
    detail = f"You are signed in for {caller.provider}; {asked} is another provider."
    raise Refused(
        403, "Not your provider", [Fault("/provider", detail, "Leave the provider out, or ask for yours.")]
    )


def require_sight(caller: Caller, providers: Iterable[str]) -> None:
    """Raises `Refused` (403) for a case of other providers."""
    if not caller.sees(tuple(providers)):
        detail = f"This case is of another provider; you are signed in for {caller.provider}."
        raise Refused(403, "Not a case of your provider", [Fault("", detail)])
