"""Takes what a Pelagic posts. Needs nothing but Python."""

import base64
import hashlib
import hmac
import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOLERANCE = 5 * 60
BODY_MAX = 2 * 1024 * 1024


def is_signed(secret, headers, body):
    """By Standard Webhooks: over id, time and the bytes as they came. Old ones are refused: somebody may have kept them."""
    id, seconds = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not seconds.isdigit() or abs(time.time() - int(seconds)) > TOLERANCE:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = hmac.new(key, f"{id}.{seconds}.".encode() + body, hashlib.sha256).digest()
    # While a secret is replaced by another there are two.
    given = headers.get("webhook-signature", "").split()
    return any(hmac.compare_digest(f"v1,{base64.b64encode(expected).decode()}", each) for each in given)


def receive(port, secret, begin, apply):
    """A server that takes what is signed with the secret, and nothing else. Put TLS before it.

    `begin(generation)`: another policy holds, everything comes again. `apply(event)`: keep it when its version
    (`sequence`) is newer than the one you have of the record (`subject`); it may come twice.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            size = int(self.headers.get("content-length", "0"))
            body = self.rfile.read(min(size, BODY_MAX))
            self.answer(self.take(body))

        def take(self, body):
            if not is_signed(secret, self.headers, body):
                return 401
            event = json.loads(body)
            try:
                if event["type"] == "pelagic.webhook.begun.v1":
                    begin(event["data"]["generation"])
                elif "subject" in event:
                    apply(event)
            except Exception as problem:
                # What is not answered with 2xx comes again.
                print("not kept:", repr(problem))
                return 500
            return 204

        def answer(self, status):
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
