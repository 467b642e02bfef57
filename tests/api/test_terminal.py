"""How are tables shown in a terminal? Ids stay whole; nothing is lost where the terminal is narrow."""

import polars as pl
import pytest

from api.terminal import Terminal
from graphmodel.text import Text

CODE = "52510104M184947909"
FRAME = pl.DataFrame({"id": [f"usc:{CODE}", None], "name": ["一家名称相当长的社会组织" * 8, "短名"]})


def shown(width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    monkeypatch.setattr("api.terminal.PIPED_WIDTH", width)
    Terminal().table(Text("组织", "organisations"), FRAME)
    return capsys.readouterr().out


def test_an_id_stands_on_one_line_and_names_are_folded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert f"usc:{CODE}" in shown(60, monkeypatch, capsys)


def test_where_it_would_leave_no_room_for_names_an_id_is_folded_not_cut(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    narrow = shown(24, monkeypatch, capsys)
    assert f"usc:{CODE}" not in narrow
    first = [line.split("│")[1].strip() for line in narrow.splitlines() if line.startswith("│")]
    assert "".join(first).startswith(f"usc:{CODE}")
