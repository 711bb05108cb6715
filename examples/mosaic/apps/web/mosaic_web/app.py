"""The web application: which path is answered by which page."""

from collections.abc import Callable

from mosaic_web.backend import Backend, BackendError, SignedOut, Tile
from mosaic_web.dashboard import dashboard, load_summary
from mosaic_web.forms import sign_out_form, tile_form
from mosaic_web.http import Page, Request, redirect
from mosaic_web.markup import element, layout

Handler = Callable[[Request], Page]


class WebApp:
    """Answers requests; knows nothing of sockets."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._routes: dict[tuple[str, str], Handler] = {
            ("GET", "/"): self._dashboard,
            ("POST", "/tiles"): self._add_tile,
            ("POST", "/logout"): self._sign_out,
        }

    def handle(self, request: Request) -> Page:
        """The page for a request, also when something goes wrong."""
        handler = self._routes.get((request.method, request.path))
        if handler is None:
            return message(404, "There is no such page.")
        try:
            return handler(request)
        except SignedOut:
            return message(401, "Please sign in first.")
        except BackendError:
            return message(503, "Mosaic cannot reach its data. Please try again in a minute.")

    def _dashboard(self, request: Request) -> Page:
        summary = load_summary(self._backend, request.session)
        forms = tile_form() + sign_out_form()
        return dashboard(summary, forms, request.page_number)

    def _add_tile(self, request: Request) -> Page:
        title, total = request.form.get("title", "").strip(), request.form.get("total", "0")
        if not title or not total.isdecimal():
            return message(400, "A tile needs a title and a number of steps.")
        self._backend.add_tile(request.session, Tile(title, total=int(total)))
        return redirect("/")

    def _sign_out(self, request: Request) -> Page:
        self._backend.sign_out(request.session)
        return redirect("/")


def message(status: int, text: str) -> Page:
    """A page that says one thing in plain words."""
    return Page(status, layout("Message", element("p", text, class_="message")))
