"""Downloads continue, verify and fail with a sentence; a server on this machine stands for the published one."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from checker.datasets.catalogue import Download, Sum
from checker.datasets.download import fetch
from checker.datasets.preparation import prepare
from checker.errors import RequestError

CONTENT = bytes(range(256)) * 1200


class Server:
    """Serves ``files``; breaks a connection after ``cut`` bytes as often as ``cuts`` says."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {"file": CONTENT}
        self.ranges = True
        self.cut, self.cuts = 0, 0
        self.asked: list[str | None] = []
        serving = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                serving.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.http.server_port}/"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """One reply."""
        wanted = request.headers.get("Range")
        self.asked.append(wanted)
        content = self.files.get(request.path.lstrip("/"))
        if content is None:
            request.send_error(404)
            return
        start = int(wanted[len("bytes=") : -1]) if wanted and self.ranges else 0
        if start and start >= len(content):
            request.send_error(416)
            return
        request.send_response(206 if start else 200)
        if start:
            request.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        request.send_header("Content-Length", str(len(content) - start))
        request.end_headers()
        rest = content[start:]
        if self.cuts:
            self.cuts -= 1
            rest = rest[: self.cut]
        request.wfile.write(rest)


@pytest.fixture
def server() -> Iterator[Server]:
    """A running server."""
    serving = Server()
    thread = threading.Thread(target=serving.http.serve_forever, args=(0.01,))
    thread.start()
    yield serving
    serving.http.shutdown()
    serving.http.server_close()
    thread.join()


def _wanted(*urls: str, content: bytes = CONTENT) -> Download:
    return Download("file", urls, Sum("md5", hashlib.md5(content).hexdigest()))


def _fetch(wanted: Download, folder: Path, steps: list[tuple[str, int, int | None]] | None = None) -> Path:
    return fetch(wanted, folder, lambda *step: steps.append(step) if steps is not None else None, pause=0)


def test_fetched_with_progress(server, tmp_path):
    """The whole file arrives, and how much has is told."""
    steps: list[tuple[str, int, int | None]] = []
    path = _fetch(_wanted(f"{server.address}file"), tmp_path, steps)

    assert path.read_bytes() == CONTENT
    assert steps[0] == ("downloading file", 0, len(CONTENT))
    assert steps[-1] == ("downloading file", len(CONTENT), len(CONTENT))
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_killed_run_is_continued(server, tmp_path):
    """Only what is missing is asked for."""
    (tmp_path / "file.part").write_bytes(CONTENT[:1000])

    assert _fetch(_wanted(f"{server.address}file"), tmp_path).read_bytes() == CONTENT
    assert server.asked == ["bytes=1000-"]


def test_a_broken_connection_is_continued(server, tmp_path):
    """In the same run, from where it broke."""
    server.cut, server.cuts = 70_000, 2

    assert _fetch(_wanted(f"{server.address}file"), tmp_path).read_bytes() == CONTENT
    assert server.asked == [None, "bytes=70000-", "bytes=140000-"]


def test_a_server_that_cannot_continue_starts_again(server, tmp_path):
    """A whole reply replaces the part."""
    server.ranges = False
    (tmp_path / "file.part").write_bytes(CONTENT[:1000])

    assert _fetch(_wanted(f"{server.address}file"), tmp_path).read_bytes() == CONTENT


@pytest.mark.parametrize("part", [b"x" * 1000, CONTENT + b"x", CONTENT])
def test_a_part_that_does_not_fit_is_replaced(server, tmp_path, part):
    """Of another version, too long, or complete already: the sum decides."""
    (tmp_path / "file.part").write_bytes(part)

    assert _fetch(_wanted(f"{server.address}file"), tmp_path).read_bytes() == CONTENT


def test_a_verified_file_is_not_fetched_again(server, tmp_path):
    """What is complete is used."""
    (tmp_path / "file").write_bytes(CONTENT)
    _fetch(_wanted(f"{server.address}file"), tmp_path)

    assert server.asked == []


def test_the_next_mirror_is_tried(server, tmp_path):
    """A mirror that does not have the file is passed over."""
    assert _fetch(_wanted(f"{server.address}gone", f"{server.address}file"), tmp_path).read_bytes() == CONTENT


def test_another_file_is_refused(server, tmp_path):
    """What arrives must be what was published; nothing of it is kept."""
    server.files["file"] = b"<html>please log in</html>"

    with pytest.raises(RequestError, match="what arrived is not the published file"):
        _fetch(_wanted(f"{server.address}file"), tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_server_that_keeps_breaking_leaves_the_part(server, tmp_path):
    """The next run continues."""
    server.cut, server.cuts = 1000, 4

    with pytest.raises(RequestError, match="the connection ended after 4000 of"):
        _fetch(_wanted(f"{server.address}file"), tmp_path)
    assert (tmp_path / "file.part").stat().st_size == 4000


def test_sets_are_downloaded(server, fashion, cifar, tmp_path):
    """Both published forms end in the cache, and the downloads are cleared away."""
    for published in (fashion, cifar):
        server.files |= published.files
        ready = prepare(published.at(server.address), tmp_path, None, print, lambda *step: None)

        assert (ready.train.images == published.train.images).all()
        assert ready.source == server.address.rstrip("/")
    assert sorted(path.name for path in (tmp_path / "downloads").iterdir()) == []


def test_no_network_is_one_sentence_that_says_what_to_do(fashion, tmp_path):
    """The address, the reason, and the two other ways."""
    with pytest.raises(RequestError) as caught:
        prepare(fashion.at("http://127.0.0.1:1/"), tmp_path, None, print, lambda *step: None)

    text = str(caught.value)
    assert text.startswith("Fashion-MNIST could not be downloaded (http://127.0.0.1:1/")
    assert "Connection refused" in text
    assert "--source" in text
    assert "dataset-fashion-mnist" in text
    assert "\n" not in text
