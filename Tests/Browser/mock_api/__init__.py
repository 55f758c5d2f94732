"""What the mock's API answers: a file for each part of the page."""

from mock_api import downloads, examinations, library, people, search, settings  # noqa: F401 for what they add to the routes
from mock_api.routes import ROUTES

__all__ = ["ROUTES"]
