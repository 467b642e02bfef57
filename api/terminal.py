"""How does the shell speak? Tables in colour on a terminal, JSON on request, both languages, no control characters."""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Literal

import click
import polars as pl
from rich.cells import cell_len
from rich.console import Console, JustifyMethod
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text as Styled

from graphmodel.parameters import SHARE
from graphmodel.text import Refusal, Text
from loaders.errors import printable

Shown = Literal["zh", "en", "both"]
LONGEST_CELL = 200
WIDEST, SIDE_BY_SIDE = 12, 4  # columns of a table that still reads as one; rows of a wider one
_ONE_WORD = "^[!-~]+$"  # ids and codes; a name has Chinese or blanks
_NARROWEST = 12  # columns that a text keeps beside ids on one line
_BORDER = 3  # columns of frame and padding for each column of a table
PIPED_WIDTH = 150  # columns where no terminal says how wide it is
REFUSED, CONFLICT, UNSOUND, GAPS = 3, 4, 5, 10
"""Exit codes beside 0 (done) and 2 (wrong use): refused input; somebody else wrote; unsound; gaps found, where asked."""

_CONFLICTS = {"conflict", "revision-moved", "record-moved", "decision-moved"}
_YES_OR_NO = " [是 y / 否 n]: "
_ANSWERS = dict.fromkeys(("是", "y", "yes"), True) | dict.fromkeys(("否", "n", "no", ""), False)
NO_YES: tuple[Text, Text] = (Text("否", "no"), Text("是", "yes"))


@dataclass(frozen=True, slots=True)
class Terminal:
    """Where the shell writes: results to standard output, progress and refusals to standard error.

    Where JSON is asked for, a refusal is the result: one document on standard output, whatever the exit code.

    `shown` which languages; `as_json` results as JSON instead of tables.
    """

    shown: Shown = "both"
    as_json: bool = False

    @property
    def _out(self) -> Console:
        console = Console(soft_wrap=True, highlight=False)
        if not console.is_terminal:
            console.width = PIPED_WIDTH
        return console

    def word(self, text: Text) -> str:
        """A text in the languages shown."""
        return text.both() if self.shown == "both" else text.in_language(self.shown)

    def say(self, text: Text, style: str = "") -> None:
        """A sentence for people; silent where JSON is asked for."""
        if not self.as_json:
            self._out.print(Styled(_clean(self.word(text)), style=style))

    def draw(self, lines: Sequence[str]) -> None:
        """Lines that belong together and are of no language; silent where JSON is asked for."""
        if not self.as_json:
            for line in lines:
                self._out.print(Styled(line))

    def give(self, value: Any) -> None:
        """A result for programs, as JSON; silent otherwise."""
        if self.as_json:
            click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))

    def table(
        self,
        title: Text,
        frame: pl.DataFrame,
        heads: Mapping[str, Text] | None = None,
        limit: int | None = 50,
        styles: Sequence[str] = (),
        units: Mapping[str, Text] | None = None,
    ) -> None:
        """A frame as a table for people: columns titled by `heads`, at most `limit` rows with the rest counted.

        A share by its column's `units` is shown as a percentage. `styles` gives each row its colour; rows beyond it have none.
        """
        if self.as_json:
            return
        shares = [name for name, unit in (units or {}).items() if unit == SHARE and name in frame.columns]
        frame = frame.with_columns((pl.col(shares) * 100).round(1).cast(pl.String) + "%")
        if frame.width > WIDEST:
            self._on_end(title, frame.head(limit or frame.height), heads or {})
            self._rest(frame, limit)
            return
        table = Table(title=self._title(title), title_justify="left", header_style="bold", row_styles=["", "dim"])
        titles = {name: self._head((heads or {}).get(name, Text(name, name))) for name in frame.columns}
        whole = self._unbroken(frame.head(limit or frame.height), titles)
        for name, head in titles.items():
            justify: JustifyMethod = "right" if frame[name].dtype.is_numeric() else "left"
            table.add_column(Styled(head), justify=justify, overflow="fold", no_wrap=name in whole)
        for row, style in zip_longest(frame.head(limit or frame.height).iter_rows(), styles[: limit or frame.height]):
            table.add_row(*(Styled(self._cell(value)) for value in row), style=style)
        self._out.print(table)
        self._rest(frame, limit)

    def _unbroken(self, frame: pl.DataFrame, titles: Mapping[str, str]) -> set[str]:
        """Columns of ids and codes, which stand on one line as long as the others keep enough room beside them."""
        widths = {
            name: max([*frame[name].str.len_chars().drop_nulls(), *map(cell_len, titles[name].split("\n"))])
            for name in frame.columns
            if frame[name].dtype == pl.String and frame[name].drop_nulls().str.contains(_ONE_WORD).all()
        }
        others = (frame.width - len(widths)) * _NARROWEST
        fits = sum(widths.values()) + others + _BORDER * frame.width < self._out.width
        return set(widths) if fits else set()

    def _rest(self, frame: pl.DataFrame, limit: int | None) -> None:
        if limit is not None and frame.height > limit:
            rest = Text("……另有 {n} 行（--limit 0 显示全部）", "… {n} more rows (--limit 0 shows all)")
            self.say(rest.format(n=frame.height - limit), "dim")

    def _title(self, text: Text) -> Styled:
        return Styled(_clean(self.word(text)), style="italic")  # never markup: titles hold names from the data

    def _on_end(self, title: Text, frame: pl.DataFrame, heads: Mapping[str, Text]) -> None:
        """A frame of many columns stood on end: a line a column, a few rows side by side, block after block."""
        for first in range(0, max(frame.height, 1), SIDE_BY_SIDE):
            block = frame.slice(first, SIDE_BY_SIDE)
            shown = None if first else self._title(title)
            table = Table(title=shown, title_justify="left", show_header=False, row_styles=["", "dim"])
            for _ in range(block.height + 1):
                table.add_column(overflow="fold")
            for column in block.columns:
                cells = (Styled(self._cell(value)) for value in block[column])
                table.add_row(Styled(_clean(self.word(heads.get(column, Text(column, column)))), "bold"), *cells)
            self._out.print(table)

    def _head(self, text: Text) -> str:
        lines = (text.zh, text.en) if self.shown == "both" and text.zh != text.en else (self.word(text),)
        return "\n".join(_clean(line) for line in lines)

    def _cell(self, value: Any) -> str:
        if value is None:
            return "–"
        if isinstance(value, bool):
            return self.word(NO_YES[value])
        if isinstance(value, float):
            return f"{value:,.2f}".rstrip("0").rstrip(".") if abs(value) >= 1 else f"{value:.4g}"
        if isinstance(value, list | tuple):
            return (", " if self.shown == "en" else "、").join(self._cell(item) for item in value)
        return _clean(str(value))

    def confirmed(self, asked: Text) -> bool:
        """Whether who sits at the terminal says yes; an empty line, and breaking off, is no. What is neither is asked again."""
        while True:
            try:
                said = click.prompt(self.word(asked), default="", show_default=False, prompt_suffix=_YES_OR_NO)
            except click.Abort:
                click.echo()
                return False
            word = unicodedata.normalize("NFKC", said).strip().lower()
            if word in _ANSWERS:
                return _ANSWERS[word]
            self.say(Text("请回答 是 或 否（y 或 n）。", "Answer y or n (是 or 否)."), "yellow")

    @contextmanager
    def progress(self) -> Iterator[Any]:
        """A bar on standard error while something long runs: `step(done, of, what)`; none where nobody looks."""
        console = Console(stderr=True)
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
            task = bar.add_task("", total=None)

            def step(done: int, of: int, what: str) -> None:
                bar.update(task, completed=done, total=of, description=_clean(what))

            yield step

    def refuse(self, refusal: Refusal, beside: Mapping[str, Any] | None = None) -> int:
        """Say what cannot be done and what to do; gives the exit code. `beside` what JSON tells next to the error."""
        code = CONFLICT if refusal.code in _CONFLICTS else REFUSED
        if self.as_json:
            told = {"code": refusal.code, "message": _languages(refusal.message), "hint": _languages(refusal.hint)}
            self.give({**(beside or {}), "error": told})
            return code
        console = Console(stderr=True, soft_wrap=True, highlight=False)
        console.print(Styled(_clean(self.word(refusal.message), lines=True), style="bold red"))
        if refusal.hint is not None:
            console.print(Styled(_clean(self.word(refusal.hint))))
        return code


def moment(at: dt.datetime) -> str:
    """A moment as people read it: to the minute, by the clock of this machine."""
    return f"{at.astimezone():%Y-%m-%d %H:%M}"


def _languages(text: Text | None) -> dict[str, str] | None:
    return None if text is None else {"zh": text.zh, "en": text.en}


def _clean(text: str, *, lines: bool = False) -> str:
    if lines:
        return "\n".join(printable(line, 2000) for line in text.split("\n"))
    return printable(text, LONGEST_CELL * 10)


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, Text):
        return _languages(value)
    return str(value)
