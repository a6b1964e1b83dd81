# SPDX-License-Identifier: AGPL-3.0-or-later
"""A running `dragoman serve` and a client that speaks to it as the page does."""

import http.client
import json
import os
import signal
import subprocess
import threading
import time
from urllib.parse import quote, urlsplit

from harness import PROGRAM


class Server:
    """`dragoman serve CASE` on any free port, or on the one it had before."""

    def __init__(self, case, *options, port=0):
        begun = time.monotonic()
        self.process = subprocess.Popen(
            [PROGRAM, "serve", str(case), "--listen", f"127.0.0.1:{port}", "--json", *map(str, options)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(f"serve said nothing: {self.process.stderr.read().decode(errors='replace')}")
        self.ready_after = time.monotonic() - begun
        answer = json.loads(line)
        self.url, self.port = answer["url"], answer["port"]
        self.host = f"127.0.0.1:{self.port}"
        self.token = urlsplit(self.url).query.removeprefix("token=")

    def end(self, with_signal=signal.SIGTERM, within=20):
        """The exit status."""
        self.process.send_signal(with_signal)
        try:
            return self.process.wait(within)
        finally:
            self.process.kill()
            self.process.stdout.close()
            self.process.stderr.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.returncode is None:
            self.end()


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)


class Client:
    """One browser: keeps its cookie; each request on a connection of its own unless `keep`."""

    def __init__(self, server, cookie=None):
        self.server, self.cookie = server, cookie

    def ask(self, method, path, body=None, headers=None, plain=False, timeout=30):
        """`plain`: no headers but Host and those given."""
        sent = {}
        if not plain:
            if self.cookie:
                sent["Cookie"] = self.cookie
            if method != "GET":
                sent["Origin"] = f"http://{self.server.host}"
                sent["X-Dragoman"] = "1"
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        sent.update(headers or {})
        sent = {name: value for name, value in sent.items() if value is not None}
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=timeout)
        try:
            connection.request(method, path, body=body, headers=sent)
            answer = connection.getresponse()
            reply = Reply(answer.status, answer.headers, answer.read())
        finally:
            connection.close()
        return reply

    def enter(self):
        reply = self.ask("GET", f"/?token={self.server.token}")
        self.cookie = reply.headers["Set-Cookie"].split(";")[0]
        return reply

    def get(self, path, status=200):
        reply = self.ask("GET", path)
        if reply.status != status:
            raise AssertionError(f"GET {path}: {reply.status}, not {status}: {reply.body[:300]}")
        return reply.json()

    def post(self, path, body=None, status=200):
        reply = self.ask("POST", path, body if body is not None else {})
        if reply.status != status:
            raise AssertionError(f"POST {path}: {reply.status}, not {status}: {reply.body[:300]}")
        return reply.json()

    def upload(self, upload, name, content, status=201):
        reply = self.ask("PUT", f"/api/uploads/{upload}?name={quote(name, safe='')}", body=content)
        if reply.status != status:
            raise AssertionError(f"PUT {name}: {reply.status}, not {status}: {reply.body[:300]}")
        return reply.json()

    def wait(self, path, until, seconds=60):
        """Asks again until `until(answer)`; the last answer."""
        end = time.monotonic() + seconds
        while True:
            answer = self.get(path)
            if until(answer):
                return answer
            if time.monotonic() > end:
                raise AssertionError(f"{path} stays {answer}")
            time.sleep(0.05)


class Events:
    """Listens to /api/events on a thread of its own; what came is in `all`: (name, data)."""

    def __init__(self, client):
        self.connection = http.client.HTTPConnection("127.0.0.1", client.server.port, timeout=60)
        self.connection.request("GET", "/api/events", headers={"Cookie": client.cookie})
        self.answer = self.connection.getresponse()
        self.type = self.answer.headers["Content-Type"]
        self.all = []
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()

    def listen(self):
        name = ""
        try:
            while line := self.answer.readline():
                line = line.decode().rstrip("\n")
                if line.startswith("event: "):
                    name = line[7:]
                elif line.startswith("data: "):
                    self.all.append((name, json.loads(line[6:])))
        except (OSError, http.client.HTTPException, ValueError, AttributeError):
            pass  # closed by close(), or by the server
        self.ended.set()

    def of(self, name):
        return [data for kind, data in list(self.all) if kind == name]

    def close(self):
        self.answer.close()
        self.connection.close()
