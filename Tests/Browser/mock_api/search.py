"""What can be had: what others publish, and searches that go on."""

from mock_api.routes import ROUTES, listed, without

ROUTES("GET", "peers")(listed("peers"))
ROUTES("DELETE", "searches/*")(without("searches", "path"))


@ROUTES("GET", "links")
def _(handler, node, path, query, body):
    return {"links": [{"member": "bob", "path": "direct"}, {"member": "carla", "path": "relayed"}]}


@ROUTES("GET", "listings")
def _(handler, node, path, query, body):
    wanted = [word.casefold() for word in query.get("q", "").split("\n")]
    found = [each for each in node.listings if all(word in each["name"].casefold() for word in wanted)]
    return {"listings": found[:500], "isComplete": len(found) <= 500, "isSortedInParts": False}


@ROUTES("GET", "peers/*/publications")
def _(handler, node, path, query, body):
    above = query["folder"] + "/" if "folder" in query else ""
    return {
        "isComplete": True,
        "isSortedInParts": False,
        "listings": [
            {**each, "owners": [path[1]]}
            for each in node.listings
            if path[1] in each["owners"] and each["name"].startswith(above) and "/" not in each["name"][len(above) :]
        ],
    }


@ROUTES("GET", "searches")
def _(handler, node, *_):
    return {"searches": node.searches}


@ROUTES("PUT", "searches/*")
def _(handler, node, path, query, body):
    search = {"name": path[-1], "text": body["text"], "newCount": 0, "isComplete": True}
    node.searches = [each for each in node.searches if each["name"] != path[-1]] + [search]
    return search


@ROUTES("POST", "searches/*/look")
def _(handler, node, path, *_):
    for search in node.searches:
        if search["name"] == path[1]:
            search["newCount"] = 0
    return {"matches": node.matches}
