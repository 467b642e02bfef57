"""How much does a client want each of what a header lists? Weights of Accept-Language and Accept-Encoding (RFC 9110 12.4.2)."""

from __future__ import annotations


def weights(header: str) -> dict[str, float]:
    """What is listed, in small letters, with its weight: 1 where none is given, 0 for what is refused; what has no number is left out."""
    found = {}
    for part in header.split(","):
        name, _, weight = part.partition(";")
        try:
            found[name.strip().lower()] = float(weight.partition("=")[2] or 1)
        except ValueError:
            continue
    return found
