"""For tests: a browser that talks to the API without a network."""

import json
from dataclasses import dataclass

from mosaic_api.app import App
from mosaic_api.http import Request, Response

PASSWORD = "correct horse battery"


@dataclass
class Browser:
    """Sends requests to the API and keeps the session cookie."""

    app: App
    cookie: str = ""

    def send(self, method: str, path: str, **content: object) -> Response:
        """Send a JSON body and give the answer."""
        request = Request(method, path, {"Cookie": self.cookie}, json.dumps(content))
        response = self.app.handle(request)
        if "Set-Cookie" in response.headers:
            self.cookie = response.headers["Set-Cookie"].split(";")[0]
        return response

    def sign_up(self, email: str = "ada@example.org", name: str = "Ada") -> Response:
        """Open an account whose password is PASSWORD."""
        return self.send("POST", "/users", email=email, name=name, password=PASSWORD)

    def sign_in(self, email: str = "ada@example.org", password: str = PASSWORD) -> Response:
        """Sign in and keep the cookie."""
        return self.send("POST", "/login", email=email, password=password)
