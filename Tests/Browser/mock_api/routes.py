"""What answers which request, and the two answers that many have."""

from mock_node import Refusal


class Routes:
    def __init__(self):
        self.routes = []

    def __call__(self, method, pattern):
        def keep(function):
            self.routes.append((method, pattern.split("/"), function))
            return function

        return keep

    def find(self, method, path):
        for wanted, pattern, function in self.routes:
            if (
                wanted == method
                and len(pattern) == len(path)
                and all(each == "*" or each == given for each, given in zip(pattern, path))
            ):
                return function
        raise Refusal(404)


ROUTES = Routes()


def listed(key):
    def route(handler, node, path, query, body):
        return {key: getattr(node, key)}

    return route


def without(key, name, field="name"):
    def route(handler, node, path, query, body):
        kept = [
            each for each in getattr(node, key) if str(each[field]) != (query["path"] if name == "query" else path[-1])
        ]
        if len(kept) == len(getattr(node, key)):
            raise Refusal(404, {"notPublished": {"name": path[-1]}})
        setattr(node, key, kept)
        handler.send_empty()

    return route
