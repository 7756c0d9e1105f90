"""The ward's way in: the JSON API. The pages call the same functions of `producers.door`."""

from producers.ward.api import router

__all__ = ["router"]
