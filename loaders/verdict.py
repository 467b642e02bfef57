"""How is the outcome of a check told? As text a person reads and as JSON a program reads."""

from __future__ import annotations

from graphmodel.text import Language
from loaders.raw import Checked

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


def hidden_errors(checked: Checked) -> int:
    """How many errors were counted and not worded."""
    return sum(checked.error_counts.values()) - len(checked.errors)
