"""What the member gives, for whom it is, and who asks for what is locked."""

import os

import seed
from mock_api.routes import ROUTES, listed, without
from mock_node import Refusal

for name in ("published", "shares"):
    ROUTES("GET", name)(listed(name))
ROUTES("DELETE", "published/*")(without("published", "path"))
ROUTES("DELETE", "shares")(without("shares", "query", "path"))


def check_readers(audience):
    """The members and groups of the seed are all that there are."""
    for name in (audience or seed.audience())["readers"]:
        if name not in seed.READERS:
            raise Refusal(404, {"noSuchReader": {"_0": name}})
    return audience


@ROUTES("POST", "published")
def _(handler, node, path, query, body):
    name = os.path.basename(body["path"])
    if "missing" in name:
        return handler.send_lines([{"failure": {"noSuchFile": {"path": body["path"]}}}])
    try:
        audience = check_readers(body.get("audience"))
    except Refusal as refusal:
        return handler.send_lines([{"failure": refusal.failure}])
    steps = [
        {"progress": {"activity": "hashing", "name": name, "done": done * 10**8, "total": 10**9, "sources": 0}}
        for done in range(0, 11, 2)
    ]
    result = node.publish(name, 10**9, audience)
    if body["path"] == HOME:
        hidden = {"count": 7, "paths": [".ssh/id_ed25519", ".bash_history"]}
        result["folder"] = {"fileCount": 9, "skipped": [], "skippedCount": 0, "hidden": hidden}
    return handler.send_lines([*steps, {"result": result}])


HOME = "/home/ann"


@ROUTES("GET", "cautions")
def _(handler, node, path, query, body):
    place = query["path"]
    answer = {"place": place, "unlocked": []}
    if place == HOME:
        answer["caution"] = "home"
    elif HOME.startswith(place.rstrip("/") + "/"):
        answer["caution"] = "aroundHome"
    elif place.endswith("/.later"):
        answer["caution"] = "what a later version knows"
    # As if all that is locked lay in a folder of this name.
    for folder in [each for each in node.shares if each["path"] == place and place.endswith("/Secrets")]:
        answer["unlocked"] = [{"folder": folder, "files": [each for each in node.published if each["audience"]["readers"]]}]
    return answer


@ROUTES("PUT", "published/*/audience")
def _(handler, node, path, query, body):
    found = [each for each in node.published if each["name"] == path[1]]
    if not found:
        raise Refusal(404, {"notPublished": {"name": path[1]}})
    found[0]["audience"] = check_readers(body)
    handler.send_empty()


@ROUTES("POST", "shares")
def _(handler, node, path, query, body):
    if "missing" in body["path"]:
        raise Refusal(422, {"noSuchFolder": {"path": body["path"]}})
    audience = check_readers(body.get("audience"))
    found = [each for each in node.shares if each["path"] == body["path"]]
    if found:
        found[0]["audience"] = audience or found[0]["audience"]
    else:
        node.shares.append(seed.share(body["path"], 12, 12, 400_000_000, audience=audience))
    handler.send_empty()


@ROUTES("POST", "audiences")
def _(handler, node, path, query, body):
    check_readers(body)
    handler.send_empty()


@ROUTES("GET", "asks")
def _(handler, node, *_):
    return {"ofOthers": node.asks, "own": node.own_asks}


@ROUTES("POST", "asks")
def _(handler, node, path, query, body):
    name, _, owner = body["name"].rpartition("@")
    node.ask(name, owner)
    handler.send_empty()


@ROUTES("POST", "asks/*")
def _(handler, node, path, query, body):
    node.verdicts.append((path[1], body["answer"]))
    without("asks", "path", "id")(handler, node, path, query, body)
