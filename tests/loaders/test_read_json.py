"""Does a JSON bundle come out as one grid for each type, its digits untouched?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from loaders.errors import FileRefused
from loaders.files import read_file
from loaders.grid import Limits


def test_each_type_is_a_grid_with_its_keys_as_row_0(tmp_path: Path) -> None:
    path = tmp_path / "bundle.json"
    path.write_text(
        '{"Organization": [{"id": "o1", "members": 3, "dues": 1.50}, {"id": " o2 ", "reachable": true, "name": ""}],'
        ' "COVERS": [], "Hub": [{"id": 915101045678901234567890}]}',
        encoding="utf-8-sig",
    )
    organizations, covers, hubs = read_file(path)
    assert organizations.name == "Organization"
    assert organizations.frame.rows() == [
        ("id", "members", "dues", "reachable", "name"),
        ("o1", "3", "1.50", None, None),
        ("o2", None, None, "TRUE", None),
    ]
    assert organizations.rows.to_list() == [0, 1, 2]
    assert (covers.name, covers.height) == ("COVERS", 0)
    assert hubs.frame.rows() == [("id",), ("915101045678901234567890",)]


@pytest.mark.parametrize(
    ("text", "code", "row"),
    [
        ('{"A": [{"id": 1},\n {"id": }]}', "not-json", 2),
        ("[1, 2]", "not-a-bundle", None),
        ('{"A": {"id": 1}}', "not-a-bundle", None),
        ('{"A": [{"id": 1}, {"id": [1]}]}', "not-a-bundle", 2),
        ('{"A": [{"id": 1}, 5]}', "not-a-bundle", 2),
        ('{"A": [{"id": 1, "id": 2}]}', "duplicate-key", None),
        ('{"A": [{"id": NaN}]}', "not-json", 1),
        ('{"A": [{"id": "a\\u0000b"}]}', "nul-byte", 2),
        ('{"A": [{"id": "\\ud800"}]}', "broken-character", None),
        ("[" * 100_000, "not-a-bundle", None),
        ('{"A":' * 100_000, "not-a-bundle", None),
    ],
)
def test_anything_else_is_refused_with_its_place(tmp_path: Path, text: str, code: str, row: int | None) -> None:
    path = tmp_path / "bundle.json"
    path.write_text(text)
    with pytest.raises(FileRefused) as caught:
        read_file(path)
    assert (caught.value.error.code, caught.value.error.row) == (code, row)


def test_its_size_and_width_are_limited(tmp_path: Path) -> None:
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps({"A": [{f"k{n}": n for n in range(600)}]}))
    with pytest.raises(FileRefused, match="500"):
        read_file(path)
    with pytest.raises(FileRefused, match="beyond"):
        read_file(path, Limits(json_bytes=10))
