"""Who of a flow goes where? A flow over inner nodes, parted into ways from where it begins to where it ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

Arc = tuple[int, int, int]  # tail, head, how many


def parted(arcs: Iterable[Arc], inside: frozenset[int]) -> list[Arc]:
    """Beginning, end and number of every way, ordered; `inside` are the nodes between.

    The flow has no circles (one of least cost has none where steps cost something). Cost: linear in the ways.
    """
    out: dict[int, list[tuple[int, int]]] = defaultdict(list)
    waiting: dict[int, int] = defaultdict(int)
    lots: dict[int, list[list[int]]] = defaultdict(list)  # at each inner node: beginnings with how many
    ways: list[Arc] = []
    for tail, head, count in sorted(arcs):
        if tail in inside:
            out[tail].append((head, count))
            waiting[head] += head in inside
        elif head in inside:
            lots[head].append([tail, count])
        else:
            ways.append((tail, head, count))
    ready = sorted(node for node in {*out, *lots} if not waiting[node])
    while ready:
        node = ready.pop()
        for head, count in out[node]:
            for source, part in _drawn(lots[node], count):
                if head in inside:
                    lots[head].append([source, part])
                else:
                    ways.append((source, head, part))
            waiting[head] -= head in inside
            if head in inside and not waiting[head]:
                ready.append(head)
    return sorted(ways)


def _drawn(lots: list[list[int]], count: int) -> list[tuple[int, int]]:
    """So many of the lots, the last ones first, which are taken from them."""
    drawn = []
    while count:
        source, there = lots[-1]
        part = min(count, there)
        lots[-1][1] -= part
        count -= part
        drawn.append((source, part))
        if part == there:
            lots.pop()
    return drawn
