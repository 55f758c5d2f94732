"""Downloads, in the order in which they go."""

from mock_api.routes import ROUTES, listed

ROUTES("GET", "transfers")(listed("transfers"))


@ROUTES("POST", "transfers")
def _(handler, node, path, query, body):
    return {"transfers": node.enqueue(body)}


@ROUTES("POST", "transfers/*")
def _(handler, node, path, query, body):
    return node.change(node.transfer(int(path[1])), body)


@ROUTES("GET", "transfers/*/pieces")
def _(handler, node, path, *_):
    return node.pieces(node.transfer(int(path[1])))
