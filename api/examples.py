"""Where is the generated example, and how is it brought in?"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

EXAMPLE = Path(__file__).parent.parent / "examples" / "jinjiang-2016"
LEDGER, BUNDLE = EXAMPLE / "社会组织党建台账.xlsx", EXAMPLE / "bundle"
SOURCE = "jinjiang-2016"
DAY = dt.date(2016, 6, 12)
