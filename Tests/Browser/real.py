"""A server and two members' nodes, really running, as run.py sees them."""
class Place:
    pass
