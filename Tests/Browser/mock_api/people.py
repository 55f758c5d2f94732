"""Who may be in the network, as admins see to it, and whom this member blocks."""

import time

import seed
from mock_api.routes import ROUTES, listed, without
from mock_node import Refusal

for name in ("invites", "users", "sessions"):
    ROUTES("GET", f"admin/{name}")(listed(name))
ROUTES("DELETE", "admin/invites/*")(without("invites", "path", "id"))
ROUTES("DELETE", "admin/users/*")(without("users", "path"))


@ROUTES("GET", "blocked")
def _(handler, node, *_):
    return {"members": node.blocked}


@ROUTES("PUT", "blocked/*")
def _(handler, node, path, *_):
    node.blocked = sorted({*node.blocked, path[-1]})
    handler.send_empty()


@ROUTES("DELETE", "blocked/*")
def _(handler, node, path, *_):
    node.blocked = [each for each in node.blocked if each != path[-1]]
    handler.send_empty()


@ROUTES("GET", "qr")
def _(handler, node, path, query, body):
    return {"rows": seed.pattern(query["text"])}


@ROUTES("POST", "admin/invites")
def _(handler, node, path, query, body):
    number = max([each["id"] for each in node.invites], default=0) + 1
    expires = int(time.time() + body["expiresInSeconds"]) * 1000
    node.invites.append({"id": number, "role": body["role"], "usesLeft": body["uses"], "expires": expires})
    return {"id": number, "link": seed.LINK}


@ROUTES("POST", "admin/users/*/*")
def _(handler, node, path, query, body):
    user = next((each for each in node.users if each["name"] == path[2]), None)
    if not user:
        raise Refusal(404, {"noSuchMember": {"_0": path[2]}})
    if path[3] in ("disable", "enable"):
        user["standing"] = "disabled" if path[3] == "disable" else "invited"
    elif path[3] == "role":
        user["role"] = body["role"]
    elif path[3] == "sign-out":
        node.sessions = [each for each in node.sessions if each["member"] != path[2]]
    handler.send_empty()


@ROUTES("GET", "admin/groups")
def _(handler, node, *_):
    return {"groups": [{"name": name, "memberCount": len(members)} for name, members in sorted(node.groups.items())]}


@ROUTES("GET", "admin/groups/*")
def _(handler, node, path, *_):
    return {"members": sorted(node.groups[path[2]])}


@ROUTES("PUT", "admin/groups/*")
def _(handler, node, path, *_):
    node.groups.setdefault(path[2], [])
    handler.send_empty()


@ROUTES("DELETE", "admin/groups/*")
def _(handler, node, path, *_):
    del node.groups[path[2]]
    handler.send_empty()


@ROUTES("POST", "admin/groups/*/*")
def _(handler, node, path, query, body):
    rest = [each for each in node.groups[path[2]] if each not in body["members"]]
    node.groups[path[2]] = rest + (body["members"] if path[3] == "put" else [])
    handler.send_empty()


@ROUTES("GET", "admin/publications")
def _(handler, node, path, query, body):
    return {"published": [each for each in node.listings if query["of"] in each["owners"]]}


@ROUTES("DELETE", "admin/publications")
def _(handler, *_):
    handler.send_empty()
