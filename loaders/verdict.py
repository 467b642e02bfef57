"""How is the outcome of a check told? As text a person reads and as JSON a program reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from graphmodel.text import Language, Text
from loaders.errors import RowError
from loaders.raw import Checked

_FEWEST_ALIKE, _MOST_ROWS = 3, 20
_SUM = {
    "zh": "读取 {read} 行 = 接受 {accepted} 行 + 拒绝 {rejected} 行",
    "en": "{read} rows read = {accepted} accepted + {rejected} rejected",
}
_MORE = {"zh": "另有 {more} 处错误未列出。", "en": "{more} more errors are not shown."}
_ERRORS, _NOTICES = {"zh": "错误：", "en": "Errors:"}, {"zh": "提示：", "en": "Notices:"}


def as_text(checked: Checked, language: Language = "zh") -> str:
    """The outcome in one language: a line for each sheet, for each error shown, and for each notice."""
    lines = [
        f"{file} / {sheet}: " + _SUM[language].format(read=read, accepted=accepted, rejected=rejected)
        for file, sheet, read, accepted, rejected in checked.sheets.iter_rows()
    ]
    if checked.errors:
        lines += [_ERRORS[language], *(error.as_text(language) for error in checked.errors)]
    if hidden := hidden_errors(checked):
        lines.append(_MORE[language].format(more=hidden))
    if checked.notices:
        lines += [_NOTICES[language], *(notice.as_text(language) for notice in checked.notices)]
    return "\n".join(lines)


def as_json(checked: Checked) -> dict[str, object]:
    """The outcome as JSON values, both languages in it."""
    return {
        "read": checked.read,
        "accepted": checked.accepted,
        "rejected": checked.read - checked.accepted,
        "sheets": checked.sheets.to_dicts(),
        "rejected_rows": checked.rejected.to_dicts(),
        "error_counts": dict(checked.error_counts),
        "errors": [error.as_json() for error in checked.errors],
        "errors_not_shown": hidden_errors(checked),
        "notices": [notice.as_json() for notice in checked.notices],
    }


def gathered(errors: Sequence[RowError]) -> list[RowError]:
    """The errors for a reader: three or more that differ in nothing but their row are told once, with all their rows."""
    alike: dict[tuple[object, ...], list[RowError]] = {}
    for error in errors:
        same = (error.file, error.sheet, error.column, error.value, error.code, error.message, error.hint)
        alike.setdefault(same if error.row is not None else (*same, len(alike)), []).append(error)
    return [one for group in alike.values() for one in (group if len(group) < _FEWEST_ALIKE else [_of_rows(group)])]


def _of_rows(errors: Sequence[RowError]) -> RowError:
    rows = [str(error.row) for error in errors[:_MOST_ROWS]] + ["…"] * (len(errors) > _MOST_ROWS)
    message = Text(
        f"共 {len(errors)} 行（第 {'、'.join(rows)} 行）：{errors[0].message.zh}",
        f"In {len(errors)} rows ({', '.join(rows)}): {errors[0].message.en}",
    )
    return replace(errors[0], row=None, cell=None, message=message)


def hidden_errors(checked: Checked) -> int:
    """How many errors were counted and not worded."""
    return sum(checked.error_counts.values()) - len(checked.errors)
