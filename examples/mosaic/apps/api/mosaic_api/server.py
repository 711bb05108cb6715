"""The API behind the HTTP server of the standard library."""

from http.server import BaseHTTPRequestHandler, HTTPServer

from mosaic_api.app import App, build_app
from mosaic_api.http import Request


def make_handler(app: App) -> type[BaseHTTPRequestHandler]:
    """A handler class that passes every request on to `app`."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            body = self.rfile.read(length).decode()
            response = app.handle(Request(self.command, self.path, dict(self.headers), body))
            content = response.body.encode()
            self.send_response(response.status)
            for name, value in response.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = answer
        do_POST = answer

    return Handler


def main() -> None:
    """Serve on the loopback interface."""
    HTTPServer(("127.0.0.1", 8001), make_handler(build_app())).serve_forever()
