"""The public place, as it lies on disk: files of releases that were signed, for everybody."""

import mimetypes
from pathlib import Path

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

PATH = "/public/never-events"


def mount(app: FastAPI, place: Path) -> None:
    """It may not be there yet: nothing was published so far."""
    mimetypes.add_type("application/atom+xml", ".atom")
    mimetypes.add_type("application/octet-stream", ".sig")
    mimetypes.add_type("application/x-pem-file", ".pem")
    app.mount(PATH, StaticFiles(directory=place, html=True, check_dir=False))
