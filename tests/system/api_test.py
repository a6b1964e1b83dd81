# SPDX-License-Identifier: AGPL-3.0-or-later
"""The API of `dragoman serve` on the sample leak: every GET with right and hostile parameters, every answer against
docs/openapi.json, facets against searches, lists in parts against whole ones, hits against the gold.

Usage: api_test.py SEED [PAGES]"""

import http.client
import json
import re
import signal
import subprocess
import sys
from urllib.parse import quote, urlencode, urlsplit

import jsonschema

from harness import PROGRAM, SOURCE, Checks, Workspace, make_sample, run

FACETS = ("lang", "type", "state", "folder")


class Server:
    """`dragoman serve` on a free port, and a session on it."""

    def __init__(self, case):
        self.process = subprocess.Popen([PROGRAM, "serve", str(case), "--listen", "127.0.0.1:0", "--json"],
                                        stdout=subprocess.PIPE)
        url = urlsplit(json.loads(self.process.stdout.readline())["url"])
        self.connection = http.client.HTTPConnection(url.hostname, url.port, timeout=60)
        self.connection.request("GET", f"{url.path or '/'}?{url.query}")
        answer = self.connection.getresponse()
        answer.read()
        self.cookie = answer.headers["Set-Cookie"].split(";")[0]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(20)

    def get(self, target):
        self.connection.request("GET", target, headers={"Cookie": self.cookie})
        answer = self.connection.getresponse()
        return answer.status, answer.headers.get_content_type(), answer.read()


class Api:
    """Asks, and holds every answer against the description."""

    def __init__(self, server, checks):
        self.server = server
        self.checks = checks
        self.description = json.loads((SOURCE / "docs" / "openapi.json").read_text(encoding="utf-8"))
        self.patterns = [(re.compile("^" + re.sub(r"\{\w+\}", "[^/]+", path) + "$"), path, "get")
                         for path, item in self.description["paths"].items() if "get" in item]
        self.asked = set()

    def schema(self, name):
        return {"$ref": f"#/components/schemas/{name}", "components": self.description["components"]}

    def validate(self, schema, value, label):
        validator = jsonschema.Draft202012Validator(schema)
        errors = [f"{list(error.absolute_path)}: {error.message[:200]}" for error in validator.iter_errors(value)]
        self.checks.equal(errors[:2], [], f"{label} answers as described")

    def operation(self, path):
        # The pattern with the most fixed segments: /api/add before /api/{…}.
        fitting = [pattern for regex, pattern, _ in self.patterns if regex.match(path)]
        return min(fitting, key=lambda pattern: pattern.count("{")) if fitting else None

    def get(self, path, expect=200, **parameters):
        target = path + ("?" + urlencode(parameters, doseq=True) if parameters else "")
        status, kind, body = self.server.get(target)
        label = f"GET {target[:160]}"
        self.checks.equal(status, expect, f"status of {label} {body[:200] if status != expect else ''}")
        value = json.loads(body)
        if status >= 400:
            self.checks.equal(kind, "application/problem+json", f"type of {label}")
            self.validate(self.schema("Problem"), value, label)
            self.checks.equal(value["status"], status, f"the problem's status of {label}")
            return value
        operation = self.operation(path)
        self.checks.check(operation is not None, f"{path} is described")
        self.asked.add(operation)
        answer = self.description["paths"][operation]["get"]["responses"]["200"]["content"]["application/json"]
        schema = {**answer["schema"], "components": self.description["components"]}
        self.validate(schema, value, label)
        return value

    def walk(self, path, key, limit, **parameters):
        """All of a list, `limit` at a time."""
        rows = []
        cursor = {}
        for _ in range(100_000):
            part = self.get(path, limit=limit, **parameters, **cursor)
            rows += part[key]
            if part["next"] is None:
                return rows
            self.checks.check(len(part[key]) > 0, f"{path} gives something before it goes on")
            cursor = {"cursor": part["next"]}
        raise AssertionError(f"{path} does not end")


def check_types(api):
    """What the front end believes an answer to hold (ui/src/lib/api/types.ts) is what is described, key by key."""
    types = (SOURCE / "ui" / "src" / "lib" / "api" / "types.ts").read_text(encoding="utf-8")
    schemas = api.description["components"]["schemas"]
    found = re.findall(r"export interface (\w+)(?: extends (\w+))? \{(.*?)\n\}", types, re.S)
    keys = {name: set(re.findall(r"^  (\w+)\??:", body, re.M)) for name, _, body in found}
    needed = {name: set(re.findall(r"^  (\w+):", body, re.M)) for name, _, body in found}
    for name, base, _ in found:
        described = schemas.get(name, {})
        api.checks.equal(set(described.get("properties", {})), keys[name] | keys.get(base, set()), f"keys of {name}")
        api.checks.equal(set(described.get("required", [])), needed[name] | needed.get(base, set()),
                         f"keys that {name} always has")
    api.checks.check(len(found) > 20, "types.ts was understood")


def check_case(api, gold):
    case = api.get("/api/case")
    api.checks.equal(case["items"], len(gold.items), "the case has the gold's items")
    api.checks.equal(sum(case["states"].values()), case["items"], "states sum up to the items")
    for path in ("/api/verify", "/api/add", "/api/places", "/api/csp"):
        api.get(path)
    return case


def check_searches(api, gold, root):
    scanned = {(f"{root}/{page['path']}", page["page"]) for page in gold.pages if page["source"] == "scan"}
    for number, query in enumerate(gold.queries):
        hits = api.walk("/api/search", "hits", 200, q=query["query"])
        pages = {(hit["path"], hit["page"]) for hit in hits}
        wanted = {(f"{root}/{page['path']}", page["page"]) for page in query["expect"]}
        label = f"{query['id']} {query['query']!r}"
        api.checks.check(wanted <= pages, f"{label} missed {sorted(wanted - pages)[:3]}")
        api.checks.check(pages <= wanted | scanned, f"{label} also found {sorted(pages - wanted - scanned)[:3]}")
        api.checks.equal([hit["rank"] for hit in hits], list(range(len(hits))), f"ranks of {label}")
        for hit in hits[:3]:
            check_hit(api, hit, query["query"])
        if number % 5 == 0:
            check_parts(api, query["query"], hits)
        answer = api.get("/api/query", q=query["query"])
        api.checks.equal(answer["canonical"], api.get("/api/search", q=query["query"], limit=1)["canonical"],
                         f"canonical form of {label}")


def check_hit(api, hit, query):
    """The snippet's marks are letters of it, the boxes those of the marked words, the citation resolves."""
    units = hit["snippet"]["text"].encode("utf-16-le")
    for begin, end in hit["snippet"]["marks"]:
        marked = units[2 * begin:2 * end].decode("utf-16-le")
        api.checks.check(begin < end and marked and not marked[0].isspace() and not marked[-1].isspace(),
                         f"a mark covers words, not {marked!r}")
    page = api.get(f"/api/items/{hit['item']}/pages/{hit['page']}", q=query)
    marked = [number for first, last in page["marks"] for number in range(first, last + 1)]
    api.checks.equal(len(marked), hit["matches"], "marks on the page are the hit's matches")
    boxes = [page["words_list"][number - 1][2] for number in marked]
    api.checks.equal([box for box in boxes if box], hit["boxes"], "boxes are those of the marked words")
    resolved = api.get("/api/resolve", citation=hit["citation"])
    api.checks.equal((resolved["item"], resolved["page"], resolved["citation"]),
                     (hit["item"], hit["page"], hit["citation"]), "a hit's citation resolves to the hit")
    cited = api.get(f"/api/items/{hit['item']}/pages/{hit['page']}/citation",
                    words=f"{resolved['first']}-{resolved['last']}", v=resolved["v"])
    api.checks.equal((cited["citation"], cited["quote"]), (hit["citation"], resolved["text"]), "cited again, the same")
    check_annotation(api, cited)


def check_annotation(api, cited):
    target = cited["annotation"]["target"]
    quoted = next(s for s in target["selector"] if s["type"] == "TextQuoteSelector")
    back = api.get("/api/resolve", citation=target["id"], quote=quoted["exact"])
    api.checks.equal(back["text"], cited["quote"], "an annotation leads back to its letters")
    api.get("/api/resolve", 404, citation=target["id"], quote=quoted["exact"] + " more")


def check_parts(api, query, hits):
    small = api.walk("/api/search", "hits", 7, q=query)
    same = [{key: hit[key] for key in ("item", "page", "rank", "score")} for hit in hits]
    api.checks.equal([{key: hit[key] for key in ("item", "page", "rank", "score")} for hit in small], same,
                     f"{query!r} in parts is the same list")
    by_item = {}
    for hit in hits:
        by_item.setdefault(hit["item"], {})[hit["page"]] = hit["matches"]
    for item, pages in list(by_item.items())[:4]:
        found = api.walk(f"/api/items/{item}/hits", "pages", 2, q=query)
        api.checks.equal(found, [[page, pages[page]] for page in sorted(pages)], f"hits of item {item} for {query!r}")


def check_facets(api, gold):
    words = [query["query"] for query in gold.queries if ":" not in query["query"]]
    total = lambda query, filters: api.get("/api/search", q=query, limit=1, **filters)["total"]
    for query in words[::8]:
        facets = api.get("/api/facets", q=query)
        api.checks.equal(facets["total"], total(query, {}), f"facets' total of {query!r}")
        for facet in ("lang", "type", "state"):
            api.checks.equal(sum(value["count"] for value in facets[facet]), facets["total"],
                             f"the counts of {facet} are all pages of {query!r}")
        seen = {""}
        for value in facets["folder"]:
            api.checks.check(value["parent"] in seen, "folders come after those they lie in")
            seen.add(value["value"])
        chosen = {facet: facets[facet][0]["value"] for facet in ("lang", "type") if facets[facet]}
        narrowed = api.get("/api/facets", q=query, **chosen)
        api.checks.equal(narrowed["total"], total(query, chosen), f"narrowed total of {query!r}")
        for facet in FACETS:
            others = {key: value for key, value in chosen.items() if key != facet}
            for value in narrowed[facet][:6]:
                filters = {**others, facet: value["value"]}
                api.checks.equal(value["count"], total(query, filters), f"{facet} {value['value']!r} of {query!r}")


def check_tree(api, gold, case, root):
    """Every item of the gold once, with its state; the counts above are the sums of what lies below."""
    items = {}
    waiting = [None]
    tops = api.get("/api/tree")["children"]
    sums = {}
    for node in tops:
        for state, count in node["counts"].items():
            sums[state] = sums.get(state, 0) + count
    api.checks.equal(sums, {state: count for state, count in case["states"].items() if count},
                     "counts at the top are the case's")
    while waiting:
        node = waiting.pop()
        where = {"node": node} if node else {}
        for child in api.walk("/api/tree", "children", 3, **where):
            if child["kind"] == "item":
                api.checks.check(child["item"] not in items, "an item is listed once")
                items[child["item"]] = child
            if child["children"]:
                waiting.append(child["node"])
        if node:
            answer = api.get("/api/tree", node=node)
            api.checks.equal(answer["node"]["node"], node, "a node names itself")
    wanted = {f"{root}/{item['path']}": item["state"] for item in gold.items}
    api.checks.equal({item["path"]: item["state"] for item in items.values()}, wanted, "the tree holds the gold's items")
    failed = [child["path"] for child in api.get("/api/tree", state="encrypted")["children"]]
    api.checks.equal(failed, [root], "a state's items lie below the source")
    return items


def check_items(api, items):
    for item in items:
        info = api.get(f"/api/items/{item}")
        api.checks.equal(info["id"], item, "an item names itself")
        heads = api.walk(f"/api/items/{item}/pages", "pages", 3)
        api.checks.equal(len(heads), info["pages"], f"pages of item {item}")
        api.checks.equal(api.get(f"/api/items/{item}/pages", limit=5000)["pages"], heads, "pages in parts are the same")
        if info["primary"] != item:
            continue
        for head in heads:
            page = api.get(f"/api/items/{item}/pages/{head['page']}")
            api.checks.equal({key: page[key] for key in head}, head, "a page is as its head says")
            api.checks.equal(len(page["words_list"]), head["words"], "as many words as the head says")


def check_gaps(api):
    groups = api.get("/api/gaps")
    everything = api.walk("/api/gaps/list", "gaps", 7)
    api.checks.equal(len({gap["id"] for gap in everything}), groups["total"], "every gap is listed once")
    reached = set()
    for group in groups["groups"]:
        api.checks.equal(sum(cause["count"] for cause in group["causes"]), group["count"], "causes are the group")
        for cause in group["causes"]:
            listed = api.walk("/api/gaps/list", "gaps", 5, kind=group["kind"], cause=cause["cause"])
            api.checks.equal(len(listed), cause["count"], f"gaps of {group['kind']}: {cause['detail']}")
            reached |= {gap["id"] for gap in listed}
    api.checks.equal(len(reached), groups["total"], "every gap is reached by its cause")
    for gap in everything:
        if gap["item"] is None:
            continue
        info = api.get(f"/api/items/{gap['item']}")
        api.checks.check(gap in info["gaps"], "an item knows its gaps")
        if gap["page"] and gap["page"] <= info["pages"]:
            page = api.get(f"/api/items/{gap['item']}/pages/{gap['page']}")
            api.checks.check(gap in page["gaps"], "a page knows its gaps")


def check_custody(api, case):
    answer = api.get("/api/custody", limit=500)
    entries = api.walk("/api/custody", "list", 2)
    api.checks.equal(answer["head"], case["custody"]["head"], "the custody head is the case's")
    api.checks.equal([entry["number"] for entry in entries], list(range(answer["entries"], 0, -1)), "newest first")
    api.checks.equal(answer["head"], f"{entries[0]['number']}:{entries[0]['hash']}", "the head is the newest entry")
    api.checks.equal(entries[-1]["kind"], "case", "the first entry begins the case")


HOSTILE = ["", " ", "\x00", "a" * 6000, "'", "\" OR 1=1 --", "(((", "<script>alert(1)</script>", "../../etc/passwd",
           "\u202eabc", "%", "%00", "-1", "0", "9" * 30, "1e3", "NaN", "🙂", "a AND", "lang:", "path:*", "*", "\ufffd",
           "\n\r\t", "null", "[]", "{}", "=&?#/"]


def check_hostile(api, items):
    """Whatever is sent: an answer as described, or a problem; never a crash, never somebody else's file."""
    item = next(iter(items))
    cursor = api.get("/api/gaps/list", limit=1)["next"]
    targets = [("/api/search", name) for name in ("q", "lang", "type", "state", "folder", "from", "limit", "cursor")]
    targets += [("/api/facets", name) for name in ("q", *FACETS)] + [("/api/query", "q"), ("/api/resolve", "citation")]
    targets += [("/api/tree", name) for name in ("node", "state", "cursor", "limit")]
    targets += [(f"/api/items/{item}/pages", name) for name in ("from", "limit", "cursor")]
    targets += [(f"/api/items/{item}/pages/1", name) for name in ("v", "q")]
    targets += [(f"/api/items/{item}/pages/1/citation", name) for name in ("words", "v")]
    targets += [(f"/api/items/{item}/hits", name) for name in ("q", "cursor", "limit")]
    targets += [("/api/gaps/list", name) for name in ("kind", "cause", "item", "cursor", "limit")]
    targets += [("/api/custody", name) for name in ("cursor", "limit")]
    answered = 0
    for path, name in targets:
        for value in [*HOSTILE, cursor or "x"]:
            parameters = {name: value}
            if name != "q" and path.rsplit("/", 1)[1] in ("search", "facets", "hits"):
                parameters["q"] = "a"
            status, kind, body = api.server.get(path + "?" + urlencode(parameters, doseq=True))
            label = f"{path} with {name}={value[:30]!r}"
            api.checks.check(status in (200, 400, 404, 414), f"status {status} of {label}")
            if status != 200:
                api.checks.equal(kind, "application/problem+json", f"type of {label}")
                api.validate(api.schema("Problem"), json.loads(body), label)
            answered += 1
    for segment in ("0", "-1", "999999", "9" * 25, "x", "..", "%2e%2e", "1%2f2", "%00", "1 "):
        for path in (f"/api/items/{segment}", f"/api/items/{segment}/pages", f"/api/items/{segment}/pages/1",
                     f"/api/items/{item}/pages/{segment}", f"/api/items/{item}/pages/{segment}/citation?words=1"):
            status, _, _ = api.server.get(quote(path, safe="/%?="))
            api.checks.check(status in (400, 404), f"status {status} of {path!r}")
    print(f"{answered} hostile parameters")
    api.checks.equal(api.get("/api/search", q="a OR b", limit=1)["from"], 0, "the server goes on")


def check_broken_citations(api, gold):
    hit = api.get("/api/search", q=gold.queries[0]["query"], limit=1)["hits"][0]
    whole = hit["citation"]
    for wrong in (whole[:-1], whole.replace("words=", "word="), re.sub(r"page=\d+", "page=0", whole), whole + "&x=1",
                  whole.replace("sha256", "md5"), whole.split("#")[0]):
        api.checks.check(api.get("/api/resolve", 400, citation=wrong).get("detail", "") != "", "a problem says why")
    other = "0" * 64 if not hit["blob"].startswith("0") else "f" * 64
    for missing in (whole.replace(hit["blob"], other), re.sub(r"page=\d+", "page=99999", whole),
                    re.sub(r"words=[\d-]+", "words=1-190000", whole), re.sub(r"v=\w+", "v=" + "0" * 12, whole)):
        api.get("/api/resolve", 404, citation=missing)


def main():
    seed = int(sys.argv[1])
    pages = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    checks = Checks()
    with Workspace() as workspace:
        gold = make_sample(workspace / "leak", pages, seed)
        case = workspace / "case"
        run("new", case, "--title", "sample")
        run("add", case, workspace / "leak" / "files", expect=(3,))
        with Server(case) as server:
            api = Api(server, checks)
            check_types(api)
            summary = check_case(api, gold)
            check_searches(api, gold, "files")
            check_facets(api, gold)
            items = check_tree(api, gold, summary, "files")
            check_items(api, items)
            check_gaps(api)
            check_custody(api, summary)
            check_hostile(api, items)
            check_broken_citations(api, gold)
            api.get("/api/items/1/pages/1/nothing", 404)
            # Of these one is a picture, one a stream, and three need what another request gave.
            left = {pattern for _, pattern, _ in api.patterns} - api.asked - {
                "/api/items/{id}/pages/{page}/picture", "/api/events", "/api/places/{handle}", "/api/uploads/{upload}",
                "/originals/{ticket}"}
            checks.equal(left, set(), "every GET was asked")
    checks.end()


main()
