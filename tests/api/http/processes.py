"""A server in processes of its own, as `partygraph serve` starts it, and clients that speak to it over a socket."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

API = "/api/v1"
PATIENCE = 300.0  # seconds, after which a server counts as hung; a machine may be busy, and a network large


@contextmanager
def serving(folder: Path, *options: str, log: Path | None = None) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """The process, its address and its one-time link, once it answers; ended with the block."""
    command = [
        sys.executable,
        "-c",
        "from api.cli import main; main()",
        "--json",
        "--workspace",
        str(folder),
        "serve",
        "--port",
        "0",
        *options,
    ]
    with (log or folder.parent / "server.log").open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
        try:
            told = _told(process)
            address = told["address"]
            deadline = time.monotonic() + PATIENCE
            while not _answers(address):
                assert process.poll() is None, "the server ended"
                assert time.monotonic() < deadline, "the server does not answer"
                time.sleep(0.1)
            yield process, address, told["link"]
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)
            assert process.stdout is not None
            process.stdout.close()


def _told(process: subprocess.Popen[str]) -> dict[str, str]:
    assert process.stdout is not None
    lines = ""
    for line in process.stdout:
        lines += line
        if line.startswith("}"):
            break
    told: dict[str, str] = json.loads(lines)
    return told


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}{API}/health/ready", timeout=PATIENCE).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


@contextmanager
def signed_in(link: str) -> Iterator[httpx.Client]:
    """A client whose session began by the one-time link, ready to alter things too."""
    with httpx.Client(base_url=link.partition(API)[0], timeout=PATIENCE) as client:
        assert client.get(link).status_code == httpx.codes.SEE_OTHER
        client.headers["X-CSRF-Token"] = client.get(f"{API}/session").json()["csrf"]
        yield client


def workers_of(process: int) -> list[int]:
    """The worker processes of a server, the eldest first."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, parent = int(status.parent.name), int(status.read_text().rpartition(")")[2].split()[1])
            command = (status.parent / "cmdline").read_bytes()
        except (OSError, ValueError):
            continue  # it ended meanwhile
        if parent == process and b"spawn_main" in command:
            found.append(pid)
    return sorted(found)
