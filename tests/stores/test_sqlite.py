"""Does the SQLite store keep the contract, and its own promises about the file?"""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from tests.stores.contract import Fresh, StoreContract


class TestSqlite(StoreContract):
    @pytest.fixture
    def fresh(self, tmp_path: Path) -> Fresh:
        numbers = itertools.count()
        return lambda: str(tmp_path / f"第 {next(numbers)} 库%20?#.db")
