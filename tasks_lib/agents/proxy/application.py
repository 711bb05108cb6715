"""The proxy's requests: what comes in, goes on with the key, and is counted on its way back."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anthropic
import anyio
import httpx2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tasks_lib.agents.client import CONNECT_SECONDS, SILENCE_SECONDS, is_loopback
from tasks_lib.agents.proxy.account import Account, Trouble
from tasks_lib.agents.proxy.rules import problem_with, request_headers, response_headers
from tasks_lib.agents.proxy.tally import Tally, json_object
from tasks_lib.agents.service import Service


@dataclass(slots=True)
class Passage:
    """Passes requests on to the service; ``client`` exists while the application runs."""

    service: Service
    account: Account
    client: httpx2.AsyncClient

    async def ask(self, request: Request) -> Response:
        """Pass on what costs nothing: models, and the counting of tokens."""
        try:
            answer = await self.client.send(await self._onwards(request))
        except httpx2.TransportError as error:
            return self._no_answer(error)
        return Response(answer.content, answer.status_code, response_headers(answer.headers))

    async def messages(self, request: Request) -> Response:
        """Pass on what costs: only what may be asked, and only while no limit is met."""
        given = json_object(await request.body())
        problem = problem_with(given) or self.account.refusal(given["model"])
        if problem:
            return _error(400, "invalid_request_error", problem)
        try:
            answer = await self.client.send(await self._onwards(request), stream=True)
        except httpx2.TransportError as error:
            return self._no_answer(error)
        headers = response_headers(answer.headers)
        if answer.is_error:
            return await self._failed(answer, headers)
        self.account.trouble = None
        return StreamingResponse(self._counted(answer, given["model"]), answer.status_code, headers)

    async def _onwards(self, request: Request) -> httpx2.Request:
        headers = request_headers(request.headers, _key_header(self.service))
        url = f"{self.service.address}{request.url.path}?{request.url.query}"
        return self.client.build_request(request.method, url, headers=headers, content=await request.body())

    async def _counted(self, answer: httpx2.Response, model: str) -> AsyncIterator[bytes]:
        """Yield the answer as it comes, and count it however it ends."""
        tally = Tally(streamed="event-stream" in answer.headers.get("content-type", ""))
        try:
            async for piece in answer.aiter_bytes():
                tally.feed(piece)
                yield piece
        finally:
            if figures := tally.figures():
                self.account.spend(model, figures)
            with anyio.CancelScope(shield=True):
                await answer.aclose()

    async def _failed(self, answer: httpx2.Response, headers: Mapping[str, str]) -> Response:
        content = await answer.aread()
        await answer.aclose()
        self.account.fail(anthropic.APIStatusError("", response=answer, body=json_object(content)))
        if self.account.limit is not None:
            # With its own status it would be asked again and again; it is for us to wait.
            return _error(400, "invalid_request_error", "a usage limit of the service is reached")
        return Response(content, answer.status_code, headers)

    def _no_answer(self, error: httpx2.TransportError) -> Response:
        words = f"the Messages API does not answer: {type(error).__name__}"
        self.account.trouble = Trouble(0, words)
        return _error(502, "api_error", words)


def application(service: Service, account: Account) -> Starlette:
    """Return the proxy for one attempt."""
    client = httpx2.AsyncClient(
        trust_env=not is_loopback(service.address),  # as for the client of our own
        timeout=httpx2.Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS),
    )
    passage = Passage(service, account, client)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with client:
            yield

    routes = [
        Route("/v1/messages", passage.messages, methods=["POST"]),
        Route("/v1/messages/count_tokens", passage.ask, methods=["POST"]),
        Route("/v1/models", passage.ask, methods=["GET"]),
        Route("/v1/models/{model}", passage.ask, methods=["GET"]),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


def _key_header(service: Service) -> dict[str, str]:
    """Return the header that carries the key, under the name that the SDK has for it."""
    return anthropic.Anthropic(api_key=service.key, base_url=service.address).auth_headers


def _error(status: int, kind: str, message: str) -> Response:
    return JSONResponse({"type": "error", "error": {"type": kind, "message": message}}, status)
