"""``argostranslate.translate`` behind the smallest server that can ask it: one thread a connection, nothing added.

Runs in the peer's environment and imports nothing of ours. ``python argos_server.py PORT``
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import argostranslate.translate


class Handler(BaseHTTPRequestHandler):
    """Answers ``POST /translate`` as LibreTranslate does."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Say that the server is there."""
        self._answer({"status": "ok"})

    def do_POST(self) -> None:
        """Translate one text."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        text = argostranslate.translate.translate(asked["q"], asked["source"], asked["target"])
        self._answer({"translatedText": text})

    def _answer(self, content: dict[str, str]) -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Write nothing: a line a request would cost the peer time."""


class Server(ThreadingHTTPServer):
    """Takes as many connections at once as the measurement opens."""

    request_queue_size = 64
    daemon_threads = True


if __name__ == "__main__":
    Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
