"""The node itself: how it is, its settings, and the member's devices and password."""

import seed
from mock_api.routes import ROUTES, listed, without
from mock_node import Refusal

ROUTES("GET", "devices")(listed("devices"))
ROUTES("DELETE", "devices/*")(without("devices", "path", "id"))


@ROUTES("GET", "status")
def _(handler, node, *_):
    return {**node.status, "webPort": handler.server.server_port}


@ROUTES("GET", "settings")
def _(handler, node, *_):
    return {"settings": node.settings}


@ROUTES("PUT", "settings/*")
def _(handler, node, path, query, body):
    if path[-1] == "downloads" and "nowhere" in body["value"]:
        raise Refusal(409)
    return node.set(path[-1], body["value"], "set")


@ROUTES("DELETE", "settings/*")
def _(handler, node, path, *_):
    return node.set(path[-1], seed.STANDARDS[path[-1]], "standard")


@ROUTES("DELETE", "devices")
def _(handler, node, *_):
    node.devices = [each for each in node.devices if each.get("isThis")]
    handler.send_empty()


@ROUTES("POST", "password")
def _(handler, *_):
    handler.send_empty()
