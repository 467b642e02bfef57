"""A second process that writes: `python -m tests.stores.writer ADDRESS NAME`, told by lines which revision to expect."""

from __future__ import annotations

import sys

from graphmodel.stores.opening import open_store
from graphmodel.stores.protocol import RevisionMoved
from tests.stores.acts import EDIT, adding, organizations


def main() -> None:
    """For each expected revision read, add one organisation and answer `won` or `moved`."""
    address, name = sys.argv[1:]
    store = open_store(address)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        expected = int(line)
        try:
            store.apply(adding(organizations(f"{name}-{expected}")), EDIT, expected)
            answer = "won"
        except RevisionMoved:
            answer = "moved"
        sys.stdout.write(answer + "\n")
        sys.stdout.flush()
    store.close()


if __name__ == "__main__":
    main()
