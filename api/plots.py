"""How does a curve look where there are only characters? A few lines that a terminal or a log can show."""

from __future__ import annotations

from collections.abc import Sequence

HEIGHT, WIDTH = 8, 60
_EIGHTHS = " ▁▂▃▄▅▆▇█"


def curve(values: Sequence[float], target: float | None = None) -> list[str]:
    """A rising curve as bars, one a value, from a little below the lowest to the highest; `target` as a dotted line.

    `values` are shares (0 to 1) in the order of their places from 1; more than fit are thinned evenly, the last kept.
    The first column says the share at the height of its line, the last line the places.
    """
    shown = (
        [values[round(k * (len(values) - 1) / (WIDTH - 1))] for k in range(WIDTH)] if len(values) > WIDTH else values
    )
    aims = [] if target is None else [target]
    high, lowest = max([*shown, *aims]), min([*shown, *aims])
    low = lowest - 0.1 * ((high - lowest) or 1.0)
    step = (high - low) / HEIGHT
    aimed = None if target is None else min(HEIGHT - 1, int((target - low) / step))
    lines = []
    for level in reversed(range(HEIGHT)):
        bottom = low + level * step
        bars = (_EIGHTHS[max(0, min(8, round(8 * (value - bottom) / step)))] for value in shown)
        line = "".join("┄" if bar == " " and level == aimed else bar for bar in bars)
        lines.append(f"{bottom + step:7.1%} │{line}")
    return [*lines, f"{'':7} └{'─' * len(shown)}", f"{'':9}1{len(values):>{max(1, len(shown) - 1)}}"]
