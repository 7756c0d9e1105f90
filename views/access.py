"""Who reads what: decided here, once, for the read API, the live feed and the pages that ask them.

Signed in: a caller with a provider reads that provider's cases, one without (an auditor, say) reads all.
Not signed in: on loopback, where the stack runs for demonstration, one reads as the safety team of all
providers; anywhere else one signs in first.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from starlette.requests import HTTPConnection

from producers.refusals import Fault, Refused
from producers.roles import Caller
from producers.sign_in import SignIn

SAFETY_TEAM = Caller("safety")
AUDIT_READERS = frozenset({"safety", "director", "auditor", "admin"})
REVIEW_READERS = frozenset({"safety", "director", "auditor"})
FAMILY_READERS = REVIEW_READERS | {"clinician"}
"""What a family has still to hear is read by those who tell it, too."""


@dataclass(frozen=True)
class Access:
    sign_in: SignIn

    def reader(self, request: HTTPConnection) -> Caller:
        """Raises `Refused` (401)."""
        caller = self.sign_in.caller(request)
        if caller is not None:
            return caller
        if self.sign_in.open_to(request):
            return SAFETY_TEAM
        raise Refused(
            401, "Sign in first", [Fault("", "Reading needs a role.", "Send `Authorization: Bearer …`.")]
        )

    def auditor(self, request: HTTPConnection) -> Caller:
        """Raises `Refused` (401, 403)."""
        return self._one_of(AUDIT_READERS, request, "The audit is")

    def reviewer(self, request: HTTPConnection) -> Caller:
        """Raises `Refused` (401, 403)."""
        return self._one_of(REVIEW_READERS, request, "Reviews of claims are")

    def teller(self, request: HTTPConnection) -> Caller:
        """Raises `Refused` (401, 403)."""
        return self._one_of(FAMILY_READERS, request, "What families have still to hear is")

    def _one_of(self, able: frozenset[str], request: HTTPConnection, what: str) -> Caller:
        caller = self.reader(request)
        if caller.role not in able:
            detail = f"{what} for {', '.join(sorted(able))}; you are {caller.role}."
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
