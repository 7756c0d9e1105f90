"""What every process answers about itself on one port: /livez /readyz /version /metrics."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as released

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest

Ready = Callable[[], tuple[bool, dict[str, object]]]


class Health:
    """A running server; `close` ends it."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self._server = server
        self.port: int = server.server_address[1]
        self._thread = threading.Thread(target=server.serve_forever, args=(0.5,), name="health", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def serve(
    port: int,
    ready: Ready,
    about: dict[str, object],
    *,
    host: str = "127.0.0.1",
    registry: CollectorRegistry = REGISTRY,
) -> Health:
    """Answer in a thread until `close`; port 0 takes a free one (`.port`).

    `ready` gives whether the process does its work, and what there is to say about that as JSON; when it
    raises, the answer is "not ready" with the error's name. `about` stands beside the release under /version.
    Raises OSError when the port is taken.
    """
    version = {**about, "version": _released()}

    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            match self.path.partition("?")[0]:
                case "/livez":
                    self._json(200, {"live": True})
                case "/readyz":
                    fine, said = _ask(ready)
                    self._json(200 if fine else 503, {"ready": fine, **said})
                case "/version":
                    self._json(200, version)
                case "/metrics":
                    self._send(200, CONTENT_TYPE_LATEST, generate_latest(registry))
                case _:
                    self._json(404, {"detail": "here are /livez, /readyz, /version and /metrics"})

        def _json(self, status: int, said: dict[str, object]) -> None:
            self._send(status, "application/json", json.dumps(said, default=str).encode())

        def _send(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Probes come every few seconds: nobody wants to read of them."""

    server = ThreadingHTTPServer((host, port), Answers, bind_and_activate=False)
    server.daemon_threads = True
    server.allow_reuse_address = True
    try:
        server.server_bind()
        server.server_activate()
    except OSError:
        server.server_close()
        raise
    return Health(server)


def _released() -> str:
    try:
        return released("candour")
    except PackageNotFoundError:
        return "not installed, run from its source"


def _ask(ready: Ready) -> tuple[bool, dict[str, object]]:
    try:
        return ready()
    except Exception as error:  # a probe must be answered whatever is wrong
        return False, {"error": type(error).__name__}
