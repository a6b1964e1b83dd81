# SPDX-License-Identifier: AGPL-3.0-or-later
"""`dragoman serve` as a browser and as an attacker meet it: who is let in, what broken requests are answered, adding
from the page with pause, restart and cancel, uploads, verifying, originals, events."""

import json
import os
import signal
import socket
import stat
import subprocess
import time

from harness import PROGRAM, Checks, Workspace, make_sample, run
from web_client import Client, Events, Server

COMMON = ["Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy",
          "Cross-Origin-Resource-Policy", "Permissions-Policy", "Cache-Control"]


def make_files(folder, count=3):
    folder.mkdir(parents=True)
    (folder / "memo.txt").write_text("Memo to the board of Veldania.\nThe bridge is closed until 12 May 1998.\n")
    (folder / "یادداشت.txt").write_text("او به خانه می‌رود و کتاب‌ها را می‌خواند.\n", encoding="utf-8")
    for number in range(count):
        (folder / f"{number:04}.txt").write_text(f"Page number {number} speaks of lantern{number}.\n")


def status_of(client, method, path, body=None, headers=None, plain=False):
    return client.ask(method, path, body, headers, plain).status


def check_entering(checks, server):
    client = Client(server)
    checks.equal(status_of(client, "GET", "/api/case"), 401, "no cookie: the API is shut")
    page = client.ask("GET", "/read/1")
    checks.equal(page.status, 401, "no cookie: no page")
    checks.check("terminal" in page.body.decode() and "پایانه" in page.body.decode(), "the locked page, twice")
    checks.check("sha256-" in page.headers["Content-Security-Policy"], "the locked page has its own policy")
    for wrong in ("", "x", server.token[:-1], server.token + "x", server.token.swapcase()):
        checks.equal(status_of(client, "GET", f"/?token={wrong}"), 401, f"a wrong token {wrong!r}")
    checks.equal(status_of(client, "GET", f"/api/case?token={server.token}"), 401, "a token opens pages, not the API")
    for away in ("//evil.example/", "/\\evil.example/"):
        checks.equal(status_of(client, "GET", f"{away}?token={server.token}"), 401, f"no way out by a redirect to {away}")

    entered = client.ask("GET", f"/read/7?page=3&token={server.token}&q=a%20b")
    checks.equal((entered.status, entered.headers["Location"]), (303, "/read/7?page=3&q=a%20b"), "the token leaves")
    cookie = entered.headers["Set-Cookie"]
    for part in ("HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"):
        checks.check(part in cookie, f"{part} in {cookie!r}")
    checks.check("Domain" not in cookie, "the cookie is this host's")
    client.cookie = cookie.split(";")[0]
    case = client.get("/api/case")
    checks.equal(client.cookie.split("=")[0], f"dragoman_{case['id'][:8]}", "the cookie names the case")
    again = client.ask("GET", "/?token=old")
    checks.equal((again.status, again.headers["Location"], again.headers["Set-Cookie"]), (303, "/", None),
                 "who is in loses an old token from the address")
    checks.equal(status_of(Client(server, client.cookie[:-1] + "_"), "GET", "/api/case"), 401, "a changed cookie")
    return client


def check_headers(checks, client):
    for path in ("/", "/api/case", "/api/nothing", "/assets/nothing.js", "/originals/x", "/search?q=x"):
        reply = client.ask("GET", path)
        for name in COMMON:
            checks.check(reply.headers[name], f"{name} on {path}")
        checks.check("default-src 'none'" in reply.headers["Content-Security-Policy"], f"policy on {path}")
        checks.equal(reply.headers["Access-Control-Allow-Origin"], None, f"{path} is for nobody else")
    checks.equal(client.ask("GET", "/api/case").headers["Cache-Control"], "no-store", "answers are not kept")


def check_assets(checks, client):
    index = client.ask("GET", "/")
    checks.equal((index.status, index.headers["Content-Type"]), (200, "text/html; charset=utf-8"), "the page")
    checks.equal(client.ask("GET", "/read/7").body, index.body, "addresses of the page lead to the page")
    checks.equal(client.ask("GET", "/", headers={"If-None-Match": index.headers["ETag"]}).status, 304, "unchanged")
    small = client.ask("GET", "/", headers={"Accept-Encoding": "gzip, br"})
    checks.check(small.headers["Content-Encoding"] in ("gzip", None), "compressed when asked for")
    checks.equal(status_of(client, "GET", "/assets/../../etc/passwd"), 404, "no way up")
    checks.equal(status_of(client, "GET", "/assets/%2e%2e/index.html"), 404, "no way up, coded")
    checks.equal(status_of(client, "POST", "/"), 405, "a page takes no POST")


def check_gate(checks, client):
    server = client.server
    cases = [
        ("another name", {"Host": "evil.example"}, 421),
        ("a name that ends like ours", {"Host": f"127.0.0.1.evil.example:{server.port}"}, 421),
        ("another port", {"Host": "127.0.0.1:1"}, 421),
        ("localhost", {"Host": f"localhost:{server.port}"}, 200),
        ("another origin", {"Origin": "https://evil.example"}, 403),
        ("no origin at all", {"Origin": "null"}, 403),
        ("another port's page", {"Sec-Fetch-Site": "same-site"}, 403),
        ("another site's page", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, 403),
        ("the own page", {"Sec-Fetch-Site": "same-origin"}, 200),
    ]
    for label, headers, status in cases:
        reply = client.ask("GET", "/api/case", headers=headers)
        checks.equal(reply.status, status, f"GET with {label}")
        if status != 200:
            checks.equal(reply.headers["Content-Type"], "application/problem+json", f"{label}: a problem")
    ours = f"http://{server.host}"
    for label, headers, status in [
        ("all that is needed", {}, 409),
        ("no header of ours", {"X-Dragoman": None}, 403),
        ("no origin", {"Origin": None}, 403),
        ("no origin, but the browser's word", {"Origin": None, "Sec-Fetch-Site": "same-origin"}, 409),
        ("another origin", {"Origin": "http://127.0.0.1:1"}, 403),
        ("our origin, another host", {"Origin": ours, "Host": "evil.example"}, 421),
        ("another site", {"Sec-Fetch-Site": "cross-site"}, 403),
    ]:
        reply = client.ask("POST", "/api/add/pause", {}, headers)
        checks.equal(reply.status, status, f"POST with {label}")


def raw(server, request, end=False):
    """Bytes as they are, and all that comes back until the server closes; `end`: nothing more is sent."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(request)
        if end:
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    return answer


def check_broken(checks, client):
    server, cookie = client.server, client.cookie
    for path, status in [("/api/nothing", 404), ("/api", 404), ("/api/items/0", 404), ("/api/items/x", 404),
                         ("/api/items/999999", 404), ("/api/items/99999999999999999999", 404), ("/api/%ff", 400),
                         ("/api/case/", 404), ("/api/places/deadbeef", 404), ("/api/uploads/deadbeef", 404),
                         ("/originals/deadbeef", 404), ("/api/search?q=%22open", 400), ("/api/search?q=a&cursor=x", 400),
                         ("/api/case?" + "x" * 9000, 414)]:
        reply = client.ask("GET", path)
        checks.equal(reply.status, status, f"GET {path[:60]}")
        checks.equal(reply.headers["Content-Type"], "application/problem+json", f"{path[:60]}: a problem")
        checks.equal(reply.json()["status"], status, f"{path[:60]}: the problem says so itself")
    checks.equal(status_of(client, "PUT", "/api/case", b""), 405, "the method is unknown there")
    checks.equal(status_of(client, "PATCH", "/api/case", b""), 405, "the method is unknown anywhere")
    for body, status in [(b"{", 400), (b"[]", 400), (b'"x"', 400), (b"\xff", 400), (b"[" * 100000, 400),
                         (b'{"places": "x"}', 400), (b'{"places": [7]}', 400), (b'{"langs": ["../../etc"]}', 400),
                         (b'{"places": ["deadbeef"]}', 404), (b'{"upload": "../../x"}', 404), (b'{"upload": 3}', 400),
                         (b"{" + b" " * (2 << 20) + b"}", 413)]:
        reply = client.ask("POST", "/api/add", body, {"Content-Type": "application/json"})
        checks.equal(reply.status, status, f"POST {body[:30]!r}")
    checks.equal(status_of(client, "POST", "/api/add", b"a=b", {"Content-Type": "text/plain"}), 415, "a form's body")
    checks.equal(client.get("/api/add")["state"], "idle", "nothing of that began")
    head = f"Host: {server.host}\r\nCookie: {cookie}\r\n".encode()
    for label, request, first in [
        ("no HTTP", b"hello\r\n\r\n", b"HTTP/1.1 400"),
        ("a long head", b"GET / HTTP/1.1\r\n" + head + b"X: " + b"x" * 20000 + b"\r\n\r\n", b"HTTP/1.1 431"),
        ("no Host", b"GET /api/case HTTP/1.1\r\nConnection: close\r\n\r\n", b"HTTP/1.1 421"),
        ("an address with a scheme",
         b"GET http://evil.example/ HTTP/1.1\r\nConnection: close\r\n" + head + b"\r\n", b"HTTP/1.1 400"),
    ]:
        checks.check(raw(server, request).startswith(first), f"{label}: {first.decode()}")
    # Connections that say nothing do not keep others out.
    idle = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(100)]
    checks.equal(status_of(client, "GET", "/api/case"), 200, "100 silent connections")
    for connection in idle:
        connection.close()


def check_reports(checks, client):
    before = client.get("/api/csp")["reports"]
    reply = client.ask("POST", "/csp-report", b'{"csp-report":{}}',
                       {"Content-Type": "application/csp-report", "Host": client.server.host}, plain=True)
    checks.equal(reply.status, 204, "a report of the browser")
    checks.equal(client.get("/api/csp")["reports"], before + 1, "is counted")


def place_named(client, handle, name):
    listed = client.get(f"/api/places/{handle}" if handle else "/api/places")
    found = [place for place in listed["entries"] if place["name"] == name]
    if not found:
        raise AssertionError(f"{name} is not among {listed['entries']}")
    return found[0]


def check_places(checks, client, files):
    top = client.get("/api/places")
    checks.equal([place["name"] for place in top["entries"]], [str(files)], "--browse names the only place")
    root = client.get(f"/api/places/{top['entries'][0]['handle']}")
    kinds = {place["name"]: place["kind"] for place in root["entries"]}
    checks.equal((kinds["leak"], kinds["link"]), ("folder", "other"), "a link is shown, not followed")
    checks.equal(place_named(client, top["entries"][0]["handle"], "link")["handle"], "", "a link cannot be chosen")
    leak = place_named(client, top["entries"][0]["handle"], "leak")
    inside = client.get(f"/api/places/{leak['handle']}")
    checks.equal([place["name"] for place in inside["trail"]], [str(files), "leak"], "the way there")
    checks.check(any(place["name"] == "یادداشت.txt" and place["size"] > 0 for place in inside["entries"]), "a file")
    many = place_named(client, top["entries"][0]["handle"], "many")
    names, path = [], f"/api/places/{many['handle']}"
    cursor = ""
    while True:
        part = client.get(path + cursor)
        names += [place["name"] for place in part["entries"]]
        if part["next"] is None:
            break
        cursor = "?cursor=" + part["next"]
    checks.equal((len(names), names), (1203, sorted(names)), "a large folder, in parts")
    checks.equal(status_of(client, "GET", f"/api/places/{leak['handle']}{cursor}"), 400, "a cursor of another folder")
    # What was chosen is not what lies there now.
    moved = place_named(client, top["entries"][0]["handle"], "moved")
    os.rename(files / "moved", files / "moved-away")
    os.symlink("/etc", files / "moved")
    checks.equal(status_of(client, "GET", f"/api/places/{moved['handle']}"), 404, "a folder replaced by a link")
    checks.equal(status_of(client, "POST", "/api/add", {"places": [moved["handle"]]}), 404, "and it is not added")
    return top["entries"][0]["handle"], leak


def check_adding(checks, client, leak):
    events = Events(client)
    checks.equal(events.type, "text/event-stream", "the stream of events")
    before = client.get("/api/case")
    started = client.post("/api/add", {"places": [leak["handle"]]}, status=202)
    checks.check(started["state"] in ("running", "done"), f"it began: {started}")
    checks.equal(started["names"], ["leak"], "names, not paths")
    done = client.wait("/api/add", lambda status: status["state"] not in ("running", "pausing"))
    checks.equal(done["state"], "done", f"it ended: {done}")
    after = client.get("/api/case")
    checks.equal(after["items"] - before["items"], 5, "the files are items")
    checks.check(after["generation"] > before["generation"], "the index moved on")
    checks.equal(client.get("/api/search?q=lantern1")["total"], 1, "and can be found")
    end = time.monotonic() + 5
    while time.monotonic() < end and not (events.of("case") and events.of("case")[-1]["items"] == after["items"]):
        time.sleep(0.05)
    checks.equal(events.of("case")[-1]["items"], after["items"], "the page hears of it")
    checks.equal(events.of("add")[-1]["state"], "done", "and of the end")
    checks.equal(len(events.of("hello")), 1, "one hello")
    events.close()


def check_uploads(checks, client, case):
    upload = client.post("/api/uploads", status=201)["upload"]
    for wrong in ("", "..", "../x", "a/../../x", "/etc/x", "a//b", "x" * 256, "a/./b"):
        checks.equal(client.upload(upload, wrong, b"x", status=400)["where"], "name", f"no file named {wrong[:20]!r}")
    checks.equal(status_of(client, "PUT", f"/api/uploads/{upload}?name=%00", b"x"), 400, "no NUL in a name")
    checks.equal(status_of(client, "PUT", f"/api/uploads/{'0' * 32}?name=a", b"x"), 404, "an unknown upload")
    big = os.urandom(3 << 20)
    client.upload(upload, "dropped/inner/big.bin", big)
    client.upload(upload, "dropped/نامه <b>.txt", "The heron waits at Orlsk.".encode())
    client.upload(upload, "lone.txt", b"A lone kingfisher.")
    client.upload(upload, "lone.txt", b"again", status=409)
    client.upload(upload, "lone.txt/x", b"a file is no folder", status=409)
    state = client.upload(upload, "dropped/empty.txt", b"")
    checks.equal((state["files"], state["bytes"]), (4, len(big) + 25 + 18), "what came")
    # A connection that breaks leaves nothing of its file.
    head = (f"PUT /api/uploads/{upload}?name=half.bin HTTP/1.1\r\nHost: {client.server.host}\r\nCookie: {client.cookie}\r\n"
            f"Origin: http://{client.server.host}\r\nX-Dragoman: 1\r\nContent-Length: 1000000\r\n\r\n").encode()
    raw(client.server, head + b"x" * 300_000, end=True)
    end = time.monotonic() + 5
    half = case / "incoming" / upload / "half.bin"
    while half.exists() and time.monotonic() < end:
        time.sleep(0.05)
    checks.check(not half.exists(), "half a file is none")
    checks.equal(stat.S_IMODE(os.stat(case / "incoming" / upload).st_mode), 0o700, "others do not see it")
    client.post("/api/add", {"upload": upload}, status=202)
    done = client.wait("/api/add", lambda status: status["state"] != "running")
    checks.equal((done["state"], done["names"]), ("done", ["dropped", "lone.txt"]), "what was dropped is added")
    found = client.get("/api/search?q=heron")["hits"]
    checks.equal([hit["path"] for hit in found], ["dropped/نامه <b>.txt"], "under the name that it was dropped with")
    checks.equal([hit["path"] for hit in client.get("/api/search?q=kingfisher")["hits"]], ["lone.txt"], "a file alone")
    end = time.monotonic() + 5
    while (case / "incoming" / upload).exists() and time.monotonic() < end:
        time.sleep(0.05)
    checks.check(not (case / "incoming" / upload).exists(), "the copy is gone")
    checks.equal(status_of(client, "POST", "/api/add", {"upload": upload}), 404, "it is added once")
    given_up = client.post("/api/uploads", status=201)["upload"]
    client.upload(given_up, "a/b.txt", b"x")
    checks.equal(status_of(client, "DELETE", f"/api/uploads/{given_up}"), 200, "an upload can be given up")
    checks.check(not (case / "incoming" / given_up).exists(), "and is gone")


def check_original(checks, client, big=b"The heron waits at Orlsk."):
    item = client.get("/api/search?q=heron")["hits"][0]["item"]
    ticket = client.post(f"/api/items/{item}/original")
    checks.equal((ticket["name"], ticket["size"]), ("نامه <b>.txt", len(big)), "what the link gives")
    checks.equal(Client(client.server).ask("GET", ticket["href"]).status, 401, "the link alone opens nothing")
    reply = client.ask("GET", ticket["href"])
    checks.equal((reply.status, reply.body), (200, big), "the bytes as received")
    checks.equal(reply.headers["Content-Type"], "application/octet-stream", "as bytes")
    checks.check(reply.headers["Content-Disposition"].startswith("attachment; "), "to be saved, not shown")
    checks.check("sandbox" in reply.headers["Content-Security-Policy"], "and locked in, should it be shown")
    checks.equal(status_of(client, "GET", ticket["href"]), 404, "once")
    checks.equal(status_of(client, "POST", "/api/items/999999/original"), 404, "no such item")


def check_verify(checks, client, case):
    checks.equal(client.get("/api/verify")["state"], "idle", "nothing was verified yet")
    checks.equal(client.ask("POST", "/api/verify", {"head": "nonsense"}).json()["where"], "head", "a head that is none")
    client.post("/api/verify", status=202)
    done = client.wait("/api/verify", lambda status: status["state"] != "running")
    checks.check(done["state"] == "done" and done["report"]["ok"], f"clean: {done}")
    head = done["report"]["head"]
    client.post("/api/verify", {"head": head, "record": True}, status=202)
    done = client.wait("/api/verify", lambda status: status["state"] != "running")
    checks.check(done["report"]["ok"] and done["report"]["recorded"], f"noted: {done}")
    count = int(head.split(":")[0])
    checks.equal(client.get("/api/case")["custody"]["entries"], count + 1, "the log has one entry more")
    client.post("/api/verify", {"head": f"{count + 9}:{'0' * 64}"}, status=202)
    done = client.wait("/api/verify", lambda status: status["state"] != "running")
    checks.check(not done["report"]["ok"] and done["report"]["faults"][0]["what"] == "head", "a head that is not ours")


def check_pause(checks, client, root, sample_items):
    """A run of some length is paused, goes on, is paused again over a restart, and ends."""
    events = Events(client)
    scans = place_named(client, root, "scans")
    client.post("/api/add", {"places": [scans["handle"]], "langs": ["eng", "fas", "ara"]}, status=202)
    checks.equal(status_of(client, "POST", "/api/add", {"places": [scans["handle"]]}), 409, "one at a time")
    client.post("/api/add/pause", status=202)
    paused = client.wait("/api/add", lambda status: status["state"] != "pausing")
    checks.equal(paused["state"], "paused", f"it pauses: {paused}")
    checks.equal(subprocess.run([PROGRAM, "status", client.case], capture_output=True).returncode in (0, 3), True,
                 "the case is at rest")
    client.post("/api/add/resume", status=202)
    done = client.wait("/api/add", lambda status: status["state"] not in ("running", "pausing"), seconds=300)
    checks.equal(done["state"], "done", f"it goes on to the end: {done}")
    checks.equal(client.get("/api/case")["states"]["pending"], 0, "nothing waits")
    checks.check(client.get("/api/case")["items"] >= sample_items, "all is there")
    phases = {status["phase"] for status in events.of("add")}
    checks.check("recognising" in phases or "reading" in phases, f"progress was told: {phases}")
    checks.equal(status_of(client, "POST", "/api/add/resume"), 409, "there is nothing to go on with")
    events.close()


def check_restart(checks, work, case, files):
    """The cookie outlives the server; an interrupted upload is gone, an interrupted addition is remembered."""
    with Server(case, "--browse", files) as server:
        port = server.port
        client = Client(server)
        client.enter()
        started = client.get("/api/case")["started"]
        events = Events(client)
        forgotten = client.post("/api/uploads", status=201)["upload"]
        client.upload(forgotten, "never.txt", b"never added")
        wanted = client.post("/api/uploads", status=201)["upload"]
        for number in range(400):
            client.upload(wanted, f"batch/{number}.txt", f"The osprey number {number} of many.".encode())
        client.post("/api/add", {"upload": wanted}, status=202)
        checks.equal(server.end(), 0, "SIGTERM ends it cleanly, in the middle of an addition")
        checks.check(events.ended.wait(5), "the stream of events ends with it")
        left = case / "incoming" / wanted
    with Server(case, "--browse", files, port=port) as server:
        again = Client(server, client.cookie)
        case_info = again.get("/api/case")
        checks.check(case_info["started"] != started, "the same cookie, and the page can tell that it is another start")
        checks.check(not (case / "incoming" / forgotten).exists(), "an upload that nobody added is gone")
        status = again.get("/api/add")
        checks.check(left.exists(), "the upload of the interrupted addition is still there")
        checks.equal((status["state"], status["names"]), ("paused", ["batch"]), "an addition waits to go on")
        again.post("/api/add/resume", status=202)
        done = again.wait("/api/add", lambda status: status["state"] != "running")
        checks.equal(done["state"], "done", f"and does: {done}")
        checks.equal(again.get("/api/search?q=osprey")["total"], 400, "every file of it is found")
        checks.equal(server.end(signal.SIGINT), 0, "SIGINT ends it cleanly")
    other_case = work / "other"
    run("new", other_case)
    with Server(other_case, port=port) as server:
        checks.equal(status_of(Client(server, client.cookie), "GET", "/api/case"), 401, "another case's cookie")
        taken = subprocess.run([PROGRAM, "serve", case, "--listen", f"127.0.0.1:{port}"], capture_output=True)
        checks.equal(taken.returncode, 1, "a port that is taken")
        checks.check("--listen" in taken.stderr.decode(), "and the way out")
    wrong = subprocess.run([PROGRAM, "serve", case, "--listen", "nonsense"], capture_output=True)
    checks.equal(wrong.returncode, 2, "an address that is none")
    nowhere = subprocess.run([PROGRAM, "serve", case, "--browse", work / "nowhere"], capture_output=True)
    checks.equal((nowhere.returncode, nowhere.stdout), (1, b""), "a folder that is none")
    none = subprocess.run([PROGRAM, "serve", work / "nowhere"], capture_output=True)
    checks.equal((none.returncode, none.stdout), (1, b""), "a case that is none")


def check_log(checks, case):
    log = (case / "log" / "serve.log").read_text()
    checks.check(log.count("\n") > 50, "requests are logged")
    for word in ("osprey", "heron", "memo", "token", "places", "/api"):
        checks.check(word not in log, f"{word} is not in the log")
    for line in log.splitlines():
        checks.check(set(json.loads(line)) <= {"at", "event", "route", "status", "ms"}, f"ids and figures only: {line}")


def main():
    checks = Checks()
    with Workspace() as work:
        os.environ["XDG_STATE_HOME"] = str(work / "state")
        case, files = work / "case", work / "files"
        make_files(files / "leak")
        make_files(files / "moved")
        (files / "many").mkdir()
        for number in range(1203):
            (files / "many" / f"{number:05}").touch()
        os.symlink("/etc", files / "link")
        sample = make_sample(files / "scans", pages=60)
        run("new", case, "--title", "Served")
        with Server(case, "--browse", files) as server:
            checks.check(server.ready_after < 2, f"it listened after {server.ready_after:.3f} s")
            client = check_entering(checks, server)
            client.case = case
            check_headers(checks, client)
            check_assets(checks, client)
            check_gate(checks, client)
            check_broken(checks, client)
            check_reports(checks, client)
            root, leak = check_places(checks, client, files)
            check_adding(checks, client, leak)
            check_uploads(checks, client, case)
            check_original(checks, client)
            check_verify(checks, client, case)
            check_pause(checks, client, root, len(sample.items))
            checks.equal(server.end(), 0, "SIGTERM ends it cleanly")
        check_restart(checks, work, case, files)
        check_log(checks, case)
    checks.end()


main()
