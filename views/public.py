"""The public place, as it lies on disk: files of releases that were signed, for everybody."""

import mimetypes
from pathlib import Path

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

PATH = "/public/never-events"


class _PublicPlace(StaticFiles):
    async def check_config(self) -> None:
        """It comes with the first publication; until then nothing is found in it."""


def mount(app: FastAPI, place: Path) -> None:
    """Serves the files of the place to everybody."""
    mimetypes.add_type("application/atom+xml", ".atom")
    mimetypes.add_type("application/octet-stream", ".sig")
    mimetypes.add_type("application/x-pem-file", ".pem")
    app.mount(PATH, _PublicPlace(directory=place, html=True, check_dir=False))
