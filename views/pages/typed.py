"""What was typed into a plain HTML form, by field name; and the guard against forms of other sites."""

from urllib.parse import urlsplit

from fastapi import HTTPException, Request
from starlette.datastructures import UploadFile

from views.pages.fields import Filled


async def typed(request: Request) -> Filled:
    """The fields of the form; files are not asked for and are left out.

    Raises:
        HTTPException: 403 when the form was sent by another site's page.
    """
    if not from_here(request):
        raise HTTPException(403, "This form was sent from another site. Open it here and send it again.")
    async with request.form(max_fields=2000, max_part_size=2_000_000) as form:
        return {name: value for name, value in form.multi_items() if not isinstance(value, UploadFile)}


def from_here(request: Request) -> bool:
    """By what the browser says of the page that sent the form; other clients have no cookie."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")
