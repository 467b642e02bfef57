"""Which certificate does a server of the tests show? One that it signed itself, for this machine."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

from tests.neo4j_server.launch import LOOPBACK


def self_signed(folder: Path) -> Path:
    """Make private.key and public.crt in a folder, valid for two days; gives the certificate's path."""
    openssl = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
        f" -addext subjectAltName=IP:{LOOPBACK} -keyout private.key -out public.crt"
    )
    subprocess.run(shlex.split(openssl), cwd=folder, check=True, capture_output=True)
    return folder / "public.crt"
