"""Where is the generated example, and how is it brought in?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

from graphmodel.stores.protocol import Revision
from graphmodel.text import Text

EXAMPLE = Path(__file__).parent.parent / "examples" / "jinjiang-2016"
LEDGER, BUNDLE = EXAMPLE / "社会组织党建台账.xlsx", EXAMPLE / "bundle"
REDISTRICTING = {"2019": EXAMPLE / "redistricting-2019"}
"""Changes of boundaries by name: folders with streets, communities, PART_OF and SUCCEEDED_BY."""
SOURCE = "jinjiang-2016"
DAY = dt.date(2016, 6, 12)
LABEL = Text(
    "示例数据，组织均由程序生成，并非真实单位。", "Example data: every organisation is generated, none is real."
)


def label_of(revisions: Iterable[Revision]) -> Text | None:
    """What pictures and reports of a workspace with the example in it have to say: that it is generated."""
    return LABEL if any(LABEL.zh in revision.act.note for revision in revisions) else None
