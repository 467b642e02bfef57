"""Of which day does a file speak? Its newest day tells when it was kept, whatever day it is said to be of."""

from __future__ import annotations

import datetime as dt

from graphmodel.tables import type_named
from graphmodel.text import Text
from loaders.errors import RowError
from loaders.raw import Checked, Part

_A_YEAR = 365  # days


def outdated(checked: Checked, as_of: dt.date) -> RowError | None:
    """A notice where the newest day or year of something done lies more than a year before the day that the data is to speak of."""
    days = [(day, part.file) for part in checked.parts if (day := _newest(part)) is not None]
    newest, file = max(days, default=(as_of, ""))
    if (as_of - newest).days <= _A_YEAR:
        return None
    message = Text(
        "数据将记为截至 {day}，而文件里最近的日期是 {newest}，早了一年多。",
        "The data is to speak of {day}, and the newest day in the files is {newest}, more than a year before.",
    )
    hint = Text(
        "旧台账请写明数据截至日期（命令行 --as-of {newest}，网页“数据截至”），否则到期、年检等都按 {day} 计算。",
        "Of an older ledger say the day it speaks of (--as-of {newest}, or 数据截至 on the page); terms and inspections are counted from {day} otherwise.",
    )
    told = {"day": as_of.isoformat(), "newest": newest.isoformat()}
    return RowError(file, None, None, None, None, "older-data", message.format(**told), hint.format(**told))


def behind(as_of: dt.date, stored: dt.date, file: str) -> RowError | None:
    """A notice where the files speak of an earlier day than the network does: what they say goes over newer data."""
    if as_of >= stored:
        return None
    told = {"day": as_of.isoformat(), "stored": stored.isoformat()}
    message = Text(
        "数据截至 {day}，早于现有数据的 {stored}：写入后较旧的内容会盖过较新的，期限也改按 {day} 计算。",
        "The data speaks of {day}, before {stored} of what is stored: older values would replace newer ones, and terms be counted from {day}.",
    )
    hint = Text(
        "请确认不是旧台账，或更正数据截至日期。", "See that it is no old ledger, or correct the day it speaks of."
    )
    return RowError(file, None, None, None, None, "behind-stored", message.format(**told), hint)


def _newest(part: Part) -> dt.date | None:
    """The newest day of something done that a sheet tells; a year counts to its end."""
    done = [c for c in type_named(part.name).columns.values() if c.past and c.name in part.frame.columns]
    found = [part.frame[c.name].drop_nulls().max() for c in done]
    days = [dt.date(day, 12, 31) if isinstance(day, int) else day for day in found]
    return max((day for day in days if isinstance(day, dt.date)), default=None)
