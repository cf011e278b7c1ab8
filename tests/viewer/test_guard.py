"""Who gets an answer from the server: every rule of its security, on a real socket."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from social_world_model.errors import ConfigurationError
from social_world_model.viewer.catalogue import discover
from social_world_model.viewer.guard import LARGEST_BODY, Guard, Refusal, new_token
from social_world_model.viewer.server import server_of
from tests.reports.runs_on_disk import write_run
from tests.viewer.serving import Client, viewing


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder = write_run(tmp_path_factory.mktemp("runs") / "run", [True, False])
    with viewing(discover([folder]), cache=False) as found:
        yield found


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.0.7", "::", "example.org", ""])
def test_addresses_that_other_machines_reach_are_refused(host: str) -> None:
    with pytest.raises(ConfigurationError, match="SSH tunnel") as found:
        server_of(discover([]), host=host)
    assert found.value.parameters == ("host",)


def test_browsers_leave_out_the_usual_port_of_http() -> None:
    guard = Guard(lambda *_: None, port=80, token="t", edit=False)  # type: ignore[arg-type]
    usual = {b"host": b"localhost", b"origin": b"http://localhost", b"x-swm-token": b"t"}
    assert guard.refusal("GET", "/api/index", usual.items()) is None
    assert guard.refusal("GET", "/api/index", {**usual, b"host": b"example.org"}.items()) is not None


def test_the_socket_is_bound_to_this_machine_only() -> None:
    _, bound, address = server_of(discover([]), cache=False)
    with bound:
        assert bound.getsockname()[0] == "127.0.0.1"
        assert address.startswith(f"http://127.0.0.1:{bound.getsockname()[1]}/#token=")


def test_a_port_that_is_taken_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        with pytest.raises(ConfigurationError, match="another program uses") as found:
            server_of(discover([]), port=taken.getsockname()[1])
        assert found.value.parameters == ("port",)
    with pytest.raises(ConfigurationError, match="expected port to be free"):
        server_of(discover([]), port=70_000)


@pytest.mark.parametrize("path", ["/", "/viewer.js", "/viewer.css", "/api/index"])
@pytest.mark.parametrize(
    "host", ["example.org", "example.org:{port}", "127.0.0.1", "127.0.0.1:1", "10.0.0.1:{port}", ""]
)
def test_another_host_is_misdirected(client: Client, path: str, host: str) -> None:
    got = client.get(path, {"host": host.format(port=client.port)})
    assert got.status == 421
    assert "error" in got.data


def test_a_request_without_a_host_is_no_request(client: Client) -> None:
    assert client.get("/api/index", {"host": None}).status == 400


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]"])
def test_the_names_of_this_machine_are_served(client: Client, name: str) -> None:
    assert client.get("/api/index", {"host": f"{name}:{client.port}"}).status == 200


@pytest.mark.parametrize(
    "origin", ["http://example.org", "null", "https://127.0.0.1:{port}", "http://127.0.0.1:1", "127.0.0.1:{port}", ""]
)
def test_another_origin_is_forbidden(client: Client, origin: str) -> None:
    assert client.get("/api/index", {"origin": origin.format(port=client.port)}).status == 403


def test_the_own_origin_is_served(client: Client) -> None:
    headers = {"origin": f"http://localhost:{client.port}", "sec-fetch-site": "same-origin"}
    assert client.get("/api/index", headers).status == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site", "anything"])
@pytest.mark.parametrize("path", ["/", "/viewer.js", "/api/index"])
def test_a_request_of_another_site_is_forbidden(client: Client, path: str, site: str) -> None:
    assert client.get(path, {"sec-fetch-site": site}).status == 403


@pytest.mark.parametrize("path", ["/api/index", "/api/live", "/api/runs/r1", "/api/runs/r1/items", "/api/none", "/api"])
@pytest.mark.parametrize("token", [None, "", "wrong"])
def test_data_need_the_token(client: Client, path: str, token: str | None) -> None:
    assert client.get(path, {"x-swm-token": token}).status == 401
    assert client.get(f"{path}?token={client.token}", {"x-swm-token": token}).status == 401


def test_the_pages_themselves_hold_no_data_and_need_no_token(client: Client) -> None:
    for path in ("/", "/viewer.js", "/viewer.css"):
        got = client.get(path, {"x-swm-token": None})
        assert got.status == 200 and client.token.encode() not in got.body


def test_a_token_has_192_bits_and_is_new_each_time() -> None:
    assert len(new_token()) == 32 and len({new_token() for _ in range(100)}) == 100


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("path", ["/", "/api/index", "/api/branches"])
def test_nothing_can_be_changed(client: Client, method: str, path: str) -> None:
    got = client.ask(method, path, "{}", {"content-type": "application/json"})
    assert got.status == 405
    assert "method" in got.data["error"]


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [("/", {}, 200), ("/api/index", {}, 200), ("/api/none", {}, 404), ("/api/index", {"x-swm-token": "no"}, 401)],
)
def test_every_response_has_the_headers(client: Client, path: str, headers: dict[str, str], status: int) -> None:
    got = client.get(path, headers)
    assert got.status == status
    policy = got.headers["content-security-policy"].split("; ")
    assert policy[0] == "default-src 'none'" and "frame-ancestors 'none'" in policy
    assert not any("unsafe" in part or "http" in part or "*" in part for part in policy)
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["referrer-policy"] == "no-referrer"
    assert got.headers["cross-origin-opener-policy"] == "same-origin"
    assert got.headers["cross-origin-resource-policy"] == "same-origin"
    assert got.headers["cache-control"] == "no-store"
    assert "server" not in got.headers


@pytest.mark.parametrize("path", ["/", "/api/index", "/api/live"])
def test_head_is_answered_without_a_body(client: Client, path: str) -> None:
    got = client.ask("HEAD", path)
    assert (got.status, got.body) == (200, b"")


def test_headers_without_an_end_are_cut_off(client: Client) -> None:
    with socket.create_connection(("127.0.0.1", client.port), timeout=60) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nX: ")
        with pytest.raises(OSError, match=r"reset|pipe"):
            for _ in range(300):
                connection.sendall(b"a" * 100_000)
    assert client.get("/api/index").status == 200


@pytest.mark.parametrize(
    "path", ["/../run.json", "/static/viewer.js", "/viewer.js/../../cache.py", "/api/runs/..%2f..%2fetc"]
)
def test_a_path_never_comes_from_the_browser(client: Client, path: str) -> None:
    got = client.get(path)
    assert got.status == 404 and "error" in got.data


def test_a_body_is_json_of_a_known_and_small_size() -> None:
    guard = Guard(lambda *_: None, port=8000, token="t", edit=True)  # type: ignore[arg-type]
    usual = {b"host": b"localhost:8000", b"x-swm-token": b"t", b"content-type": b"application/json; charset=utf-8"}

    def refusal(changes: dict[bytes, bytes]) -> int | None:
        found: Refusal | None = guard.refusal("POST", "/api/ask", ({**usual, **changes}).items())
        return None if found is None else found.status

    assert refusal({b"content-length": b"10"}) is None
    assert refusal({}) == 411
    assert refusal({b"content-length": b"ten"}) == 411
    assert refusal({b"content-length": b"10", b"transfer-encoding": b"chunked"}) == 411
    assert refusal({b"content-length": str(LARGEST_BODY + 1).encode()}) == 413
    assert refusal({b"content-length": b"10", b"content-type": b"text/plain"}) == 415
    assert refusal({b"content-length": b"10", b"x-swm-token": b"T"}) == 401
