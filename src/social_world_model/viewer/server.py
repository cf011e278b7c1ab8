"""The server of the viewer: it sends the pages and their data to a browser on the same machine."""

from __future__ import annotations

import errno
import logging
import socket
from collections.abc import Awaitable, Callable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from social_world_model.errors import ConfigurationError, SocialWorldModelError
from social_world_model.runs.stored_json import stored_json
from social_world_model.viewer.answers import Answers
from social_world_model.viewer.branches import Branches
from social_world_model.viewer.catalogue import Catalogue, UnknownIdError
from social_world_model.viewer.guard import Guard, check_loopback, new_token
from social_world_model.viewer.index import ItemQuery
from social_world_model.viewer.live import Live, RunScanner
from social_world_model.viewer.secrets import without_secrets
from social_world_model.viewer.threads import ServerEndsError, Threads
from social_world_model.viewer.what_if import BusyError, WhatIf

if TYPE_CHECKING:
    import uvicorn
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

HOST = "127.0.0.1"
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Social World Model</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/viewer.css">
</head>
<body>
<div id="app"></div>
<noscript>This page needs JavaScript.</noscript>
<script type="module" src="/viewer.js"></script>
</body>
</html>
"""
_KINDS = {".js": "text/javascript", ".css": "text/css"}
"""Types of the built files. The pages of runs and of branches are loaded when they open."""
_MISSING = "expected the packages starlette and uvicorn, got none: install the extra viewer (uv sync --extra viewer)"
Answer = Callable[[Mapping[str, str], Mapping[str, str]], Any]
"""Function that returns the data for the parts of a path and for the parameters of a query."""


def server_of(
    catalogue: Catalogue,
    *,
    port: int = 0,
    host: str = HOST,
    cache: bool = True,
    edit: Path | None = None,
    model: str | None = None,
    max_cost: float | None = None,
) -> tuple[uvicorn.Server, socket.socket, str]:
    """Return a server, the socket that already listens for it, and the address of the pages with the token.

    Parameters
    ----------
    catalogue
        Contexts and runs to show.
    port
        Port of the server; 0 takes a free port.
    host
        Loopback address of the server.
    cache
        Whether to use the cache folder of the user.
    edit
        Folder for branches of contexts. None means that nothing can be changed.
    model, max_cost
        Name of the language model that continues branches, and maximum cost of all its calls in US$.

    Raises
    ------
    ConfigurationError
        If starlette or uvicorn is not installed, if other machines can reach `host`, if the port is taken, or if the
        folder or the model cannot be used.
    """
    check_loopback(host)
    try:
        import uvicorn  # noqa: F401 - the server needs both packages
        from starlette.applications import Starlette
        from starlette.exceptions import HTTPException
    except ImportError:
        raise ConfigurationError(_MISSING) from None
    if edit is None and model is not None:
        raise ConfigurationError("expected a folder for branches together with a model, got none", parameters=("edit",))
    titles = {id: one.title for id, one in catalogue.contexts.items()}
    branches = None if edit is None else Branches(edit, titles, catalogue.runs)
    answers = Answers(catalogue, cache=cache, branches=branches, model=model)
    threads = Threads()
    live = Live(RunScanner(catalogue.runs, answers.rows).scan, look=catalogue.look, threads=threads)
    made = routes(answers, live, threads)
    if branches is not None:
        what_if = WhatIf(answers, branches, model=model, max_cost=max_cost, tell=live.send)
        made += what_if_routes(what_if, live, threads)
    bound = _bound(host, port)
    port, token = bound.getsockname()[1], new_token()
    handlers = {HTTPException: _refused, SocialWorldModelError: _failed, Exception: _broken}
    app = Starlette(routes=made, exception_handlers=handlers)
    guarded = Guard(app, port=port, token=token, edit=edit is not None)
    name = f"[{host}]" if ":" in host else host
    return _server(guarded, live, threads), bound, f"http://{name}:{port}/#token={token}"


def _server(app: Guard, live: Live, threads: Threads) -> uvicorn.Server:
    import uvicorn

    class Server(uvicorn.Server):
        """A server that ends its connections when it stops, without messages about them."""

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
            live.close()
            threads.close()
            await super().shutdown(sockets)

    config = uvicorn.Config(
        app,
        http="h11",  # it limits the size of headers
        log_level="error",
        server_header=False,
        proxy_headers=False,
        ws="none",
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    return Server(config)


def _bound(host: str, port: int) -> socket.socket:
    """Return a socket that listens on a port.

    Raises
    ------
    ConfigurationError
        If the port is taken or not allowed.
    """
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen(128)
    except (OSError, OverflowError) as error:
        bound.close()
        taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        why = "another program uses it" if taken else str(error)
        raise ConfigurationError(
            f"expected port to be free, got {port}: {why}; 0 takes a free one", parameters=("port",)
        ) from None
    return bound


def routes(answers: Answers, live: Live, threads: Threads) -> list[Route]:
    """Return the routes for pages and data.

    Parameters
    ----------
    answers
        Answers about contexts and runs.
    live
        Events for listeners.
    threads
        Threads in which the answers are computed.
    """
    from starlette.responses import Response, StreamingResponse
    from starlette.routing import Route

    data: dict[str, Answer] = {
        "index": lambda path, query: answers.index(),
        "contexts/{id}": lambda path, query: answers.context(path["id"]),
        "contexts/{id}/beliefs": lambda path, query: answers.beliefs(
            path["id"], query.get("fact", ""), query.get("chain", "")
        ),
        "contexts/{id}/knowledge": lambda path, query: answers.knowledge(path["id"], query.get("fact", "")),
        "runs/{id}": lambda path, query: answers.run(path["id"]),
        "runs/{id}/tables": lambda path, query: answers.tables(path["id"]),
        "runs/{id}/items": lambda path, query: answers.items(path["id"], query.get("b"), _item_query(query)),
        "runs/{id}/item": lambda path, query: answers.item(path["id"], query.get("index", ""), query.get("b")),
        "gains": lambda path, query: answers.gains(),
    }

    static_files = (files("social_world_model.viewer") / "static").iterdir()
    built = {f"/{file.name}": file for file in static_files if Path(file.name).suffix in _KINDS}

    async def page(request: Request) -> Response:
        return Response(PAGE, media_type="text/html")

    async def static(request: Request) -> Response:
        file = built[request.url.path]
        return Response(file.read_bytes(), media_type=_KINDS[Path(file.name).suffix])

    async def events(request: Request) -> Response:
        if request.method == "HEAD":
            return Response(media_type="text/event-stream")
        blocks = live.blocks(request.headers.get("last-event-id"))
        return StreamingResponse(blocks, media_type="text/event-stream")

    return [
        Route("/", page),
        *(Route(path, static) for path in built),
        *(Route(f"/api/{path}", _endpoint(answer, threads)) for path, answer in data.items()),
        Route("/api/compare", _comparison(answers, threads)),
        Route("/api/live", events),
    ]


def what_if_routes(what_if: WhatIf, live: Live, threads: Threads) -> list[Route]:
    """Return the routes that make, continue and compare branches, and that ask questions.

    Parameters
    ----------
    what_if
        Makes and continues branches.
    live
        Events for listeners.
    threads
        Threads in which branches are made and compared.
    """
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    async def branch(request: Request) -> Response:
        body = await _body(request)
        made = await threads.run(lambda: what_if.branch(body))
        live.send("index", "", None)
        return JSONResponse(made, status_code=201)

    async def steps(request: Request) -> Response:
        data = await _body(request)
        estimate = what_if.go_on(request.path_params["id"], data)
        return JSONResponse(estimate, status_code=200 if data["dry_run"] else 202)

    async def ask(request: Request) -> Response:
        return JSONResponse(await what_if.ask(await _body(request)))

    diff = _endpoint(lambda path, query: what_if.compare(query.get("a", ""), query.get("b", "")), threads)
    return [
        Route("/api/branches", branch, methods=["POST"]),
        Route("/api/branches/{id}/steps", steps, methods=["POST"]),
        Route("/api/ask", ask, methods=["POST"]),
        Route("/api/diff", diff),
    ]


async def _body(request: Request) -> Any:
    try:
        return stored_json(await request.body())
    except ValueError:
        raise ConfigurationError("expected JSON as the body of the request, got other text") from None


def _item_query(query: Mapping[str, str]) -> ItemQuery:
    try:
        numbers = {name: int(query[name]) for name in ("offset", "limit") if name in query}
    except ValueError:
        raise ConfigurationError("expected offset and limit as whole numbers, got other text") from None
    return ItemQuery(f=query.get("f", "all"), q=query.get("q", ""), **numbers)


def _endpoint(answer: Answer, threads: Threads) -> Callable[[Request], Awaitable[Response]]:
    """Return an endpoint that computes its answer in a thread, so that the server can answer others meanwhile."""
    from starlette.responses import JSONResponse

    async def endpoint(request: Request) -> Response:
        return JSONResponse(await threads.run(lambda: answer(request.path_params, request.query_params)))

    return endpoint


def _comparison(answers: Answers, threads: Threads) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint of comparisons. Runs that cannot be compared are a conflict, with the reason."""
    compare = _endpoint(lambda path, query: answers.compare(query.get("a", ""), query.get("b", "")), threads)

    async def endpoint(request: Request) -> Response:
        try:
            return await compare(request)
        except (UnknownIdError, ServerEndsError):
            raise
        except SocialWorldModelError as error:
            return _error(409, str(error))

    return endpoint


async def _failed(request: Request, error: Exception) -> Response:
    known: Mapping[type[Exception], int] = {UnknownIdError: 404, BusyError: 409, ServerEndsError: 503}
    return _error(known.get(type(error), 400), str(error))


async def _refused(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 400)
    return _error(
        status, "There is nothing at this address." if status == 404 else str(getattr(error, "detail", error))
    )


async def _broken(request: Request, error: Exception) -> Response:
    return _error(500, f"The server failed: {type(error).__name__}. Its terminal shows the details.")


def _error(status: int, why: str) -> Response:
    from starlette.responses import JSONResponse

    return JSONResponse({"error": without_secrets(why)}, status_code=status)
