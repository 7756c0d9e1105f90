"""Who is asking. In the demonstration, on this machine: `demo:ROLE[:PROVIDER]`, bearer or cookie."""

import re
from ipaddress import ip_address

from starlette.requests import HTTPConnection
from starlette.responses import Response

from producers.refusals import Fault, Refused
from producers.roles import ROLES, Caller

COOKIE = "candour_sign_in"
_DEMO = re.compile(r"demo:([a-z]+)(?::([A-Za-z0-9]{2,10}))?", re.ASCII)


class SignIn:
    """`demonstration`: whether its sign-in is open (embedded mode), and then to this machine only.

    `anywhere`: to whoever reaches the port, where somebody chose it (CANDOUR_SIGN_IN): in a container nobody
    comes from the machine itself. There is no password: only this machine may reach such a port.
    """

    def __init__(self, *, demonstration: bool, anywhere: bool = False) -> None:
        self.demonstration, self.anywhere = demonstration, anywhere

    def caller(self, request: HTTPConnection) -> Caller | None:
        """None where nobody signed in. Raises `Refused` (401) for a sign-in that does not hold."""
        bearer = request.headers.get("authorization")
        said = request.cookies.get(COOKIE) if bearer is None else _token(bearer)
        if said is None:
            return None
        if not self.open_to(request):
            raise _unknown("The demonstration sign-in works on the machine itself only.")
        caller = parse(said)
        if caller is None:
            if bearer is None:
                return None
            raise _unknown(
                f"Write `Bearer demo:ROLE` or `Bearer demo:ROLE:PROVIDER`; roles: {', '.join(ROLES)}."
            )
        return caller

    def reporter(self, request: HTTPConnection) -> Caller | None:
        """Who sends a report: nobody need sign in for it where the demonstration is open."""
        caller = self.caller(request)
        if caller is None and not self.open_to(request):
            raise _unknown("Sign in to report.")
        return caller

    def open_to(self, request: HTTPConnection) -> bool:
        return self.anywhere or (self.demonstration and _is_here(request))


def parse(said: str) -> Caller | None:
    """`demo:safety:RXX` as a caller; None for anything else."""
    found = _DEMO.fullmatch(said.strip())
    if found is None:
        return None
    role = next((role for role in ROLES if role == found[1]), None)
    return Caller(role, found[2].upper() if found[2] else None) if role else None


def of_anybody(said: str) -> str | None:
    """A sign-in that tells the provider and nothing else of who said it; None where it names no provider."""
    caller = parse(said)
    return _said(Caller("reporter", caller.provider)) if caller and caller.provider else None


def remember(response: Response, caller: Caller) -> None:
    """Set the cookie of the sign-in page."""
    response.set_cookie(COOKIE, _said(caller), httponly=True, samesite="strict", path="/")


def forget(response: Response) -> None:
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")


def _said(caller: Caller) -> str:
    return f"demo:{caller.role}" + (f":{caller.provider}" if caller.provider else "")


def _token(header: str) -> str:
    scheme, _, token = header.partition(" ")
    return token if scheme.lower() == "bearer" else ""


def _is_here(request: HTTPConnection) -> bool:
    try:
        return request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _unknown(detail: str) -> Refused:
    return Refused(401, "Sign in first", [Fault("", detail)])
