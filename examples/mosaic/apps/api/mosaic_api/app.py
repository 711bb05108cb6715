"""The API itself: which path is answered by what."""

import os
import time
from collections.abc import Callable, Mapping

from mosaic_api import cookies
from mosaic_api.auth import AuthService
from mosaic_api.database import Database
from mosaic_api.errors import NotFound, describe
from mosaic_api.flags import Flags, read_flags
from mosaic_api.http import Request, Response
from mosaic_api.sessions import SessionStore
from mosaic_api.tiles import TileStore
from mosaic_api.users import User, UserStore

Handler = Callable[[Request], Response]


class App:
    """Answers requests; knows nothing of sockets."""

    def __init__(self, auth: AuthService, tiles: TileStore, flags: Flags) -> None:
        self._auth = auth
        self._tiles = tiles
        self._flags = flags
        self._routes: dict[tuple[str, str], Handler] = {
            ("POST", "/users"): self._register,
            ("POST", "/login"): self._login,
            ("POST", "/logout"): self._logout,
            ("GET", "/me"): self._me,
            ("GET", "/tiles"): self._list_tiles,
            ("POST", "/tiles"): self._add_tile,
            ("POST", "/tiles/search"): self._search_tiles,
        }

    def handle(self, request: Request) -> Response:
        """The answer to a request, also when it goes wrong."""
        try:
            return self._route(request)(request)
        except Exception as error:
            return Response(*describe(error))

    def _route(self, request: Request) -> Handler:
        handler = self._routes.get((request.method, request.path))
        if handler is None:
            raise NotFound(f"nothing answers {request.method} {request.path}")
        return handler

    def _register(self, request: Request) -> Response:
        if not self._flags.registration:
            raise NotFound("registration is closed")
        user = self._auth.register(
            request.text("email"), request.text("name"), request.text("password")
        )
        return Response(201, _person(user))

    def _login(self, request: Request) -> Response:
        session = self._auth.login(request.text("email"), request.text("password"))
        return Response(204, headers={"Set-Cookie": cookies.session_cookie(session.token)})

    def _logout(self, request: Request) -> Response:
        self._auth.logout(request.cookie(cookies.NAME))
        return Response(204, headers={"Set-Cookie": cookies.expired_cookie()})

    def _me(self, request: Request) -> Response:
        return Response(200, _person(self._user(request)))

    def _list_tiles(self, request: Request) -> Response:
        tiles = self._tiles.of_owner(self._user(request).id)
        return Response(200, [tile.document() for tile in tiles])

    def _add_tile(self, request: Request) -> Response:
        tile = self._tiles.add(
            self._user(request).id,
            request.text("title"),
            request.number("done"),
            request.number("total"),
        )
        return Response(201, tile.document())

    def _search_tiles(self, request: Request) -> Response:
        if not self._flags.tile_search:
            raise NotFound("tile search is switched off")
        tiles = self._tiles.of_owner(self._user(request).id, request.text("title"))
        return Response(200, [tile.document() for tile in tiles])

    def _user(self, request: Request) -> User:
        return self._auth.user_of(request.cookie(cookies.NAME))


def _person(user: User) -> dict[str, object]:
    return {"id": user.id, "email": user.email, "name": user.name}


def build_app(
    environment: Mapping[str, str] = os.environ,
    clock: Callable[[], float] = time.time,
    database: Database | None = None,
) -> App:
    """The API with its parts put together; `clock` gives seconds since the epoch."""
    database = database or Database(environment.get("MOSAIC_DATABASE", ":memory:"))
    auth = AuthService(UserStore(database), SessionStore(clock))
    return App(auth, TileStore(database), read_flags(environment))
