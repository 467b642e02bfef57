"""How are figures shown? One table, in the terminal and in Markdown, with units that read well."""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Console
from rich.table import Table as Grid


@dataclass(frozen=True, slots=True)
class Table:
    """A title, a head and rows of text."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def markdown(self) -> str:
        """As Markdown: first column to the left, the others to the right."""
        lines = [f"## {self.title}", "", _line(self.head), _line(("---", *["---:"] * (len(self.head) - 1)))]
        return "\n".join([*lines, *(_line(row) for row in self.rows)])

    def show(self, console: Console) -> None:
        """In the terminal."""
        grid = Grid(title=self.title, title_justify="left")
        for place, name in enumerate(self.head):
            grid.add_column(name, justify="left" if place == 0 else "right")
        for row in self.rows:
            grid.add_row(*row)
        console.print(grid)


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def seconds(taken: float) -> str:
    """A duration with three digits that mean something."""
    if taken < 0.001:
        return f"{taken * 1e6:.0f} µs"
    if taken < 1:
        return f"{taken * 1e3:.3g} ms"
    return f"{taken:.3g} s"


def megabytes(size: float) -> str:
    """A size of memory or of a file."""
    return f"{size / 1e9:.2f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"


def times(ratio: float) -> str:
    """How many times."""
    return f"{ratio:,.0f}×" if ratio >= 100 else f"{ratio:.3g}×"


def rate(count: float, taken: float) -> str:
    """How many a second."""
    return f"{count / taken:,.0f}/s"
