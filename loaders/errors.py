"""What is wrong in a file, where exactly, and what is the reader to do about it?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from graphmodel.personal import is_personal
from graphmodel.text import Language, Refusal, Text

LONGEST_VALUE = 80
WITHHELD = "（含个人信息，不显示 / personal data, not shown）"
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_PLACES = {
    "zh": {"sheet": "工作表“{}”", "row": "第 {} 行", "column": "“{}”列", "cell": "{}", "value": "值为“{}”"},
    "en": {"sheet": 'sheet "{}"', "row": "row {}", "column": 'column "{}"', "cell": "{}", "value": 'value "{}"'},
}


def printable(text: str, longest: int = LONGEST_VALUE) -> str:
    """How is a text from a hostile file shown? Control and direction characters become �, long texts end in ….

    Parameters: `longest` the number of characters that are kept.
    """
    cut = text if len(text) <= longest else text[: longest - 1] + "…"
    return _UNPRINTABLE.sub("�", cut)


def cell_name(row: int, column: int) -> str:
    """What does a spreadsheet call this cell? Row and column count from 1: (5, 3) is `C5`."""
    return f"{get_column_letter(column)}{row}"


@dataclass(frozen=True, slots=True)
class RowError:
    """One remark about one place in a file: an error, or a notice where it stands among notices.

    Parameters: `file` its name without folders; `sheet`, `row` (from 1, as the spreadsheet shows it), `column` (the
    header's text), `value` and `cell` (such as `C5`) are None where the remark is about more than that; `code` is
    stable and kebab-case; `message` says what is wrong and `hint` what to do. Texts from the file are made printable
    and cut to `LONGEST_VALUE` characters. Callers pass no value from a column that may hold personal data.
    """

    file: str
    sheet: str | None
    row: int | None
    column: str | None
    value: str | None
    code: str
    message: Text
    hint: Text
    cell: str | None = None

    def __post_init__(self) -> None:
        for name in ("file", "sheet", "column", "value"):
            text = getattr(self, name)
            if text is not None:
                object.__setattr__(self, name, WITHHELD if is_personal(text) else printable(text))

    def as_text(self, language: Language = "zh") -> str:
        """The remark as one line in one language: place, value, what is wrong, what to do."""
        places = [self.file]
        for name, pattern in _PLACES[language].items():
            text = getattr(self, name)
            if text is not None:
                places.append(pattern.format(text))
        colon, between = ("：", "，") if language == "zh" else (": ", ", ")
        space = "" if language == "zh" else " "
        return (
            f"{between.join(places)}{colon}{self.message.in_language(language)}{space}{self.hint.in_language(language)}"
        )

    def as_json(self) -> dict[str, object]:
        """The remark as JSON values, both languages in it."""
        return {
            "file": self.file,
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "cell": self.cell,
            "value": self.value,
            "code": self.code,
            "message": {"zh": self.message.zh, "en": self.message.en},
            "hint": {"zh": self.hint.zh, "en": self.hint.en},
        }


def of_each_kind(errors: Sequence[RowError], most: int) -> list[RowError]:
    """At most so many of some errors, in their order, as evenly of every kind as can be: thousands of one hide no other."""
    nth: Counter[str] = Counter()
    place = []
    for number, error in enumerate(errors):
        place.append((nth[error.code], number))
        nth[error.code] += 1
    return [errors[number] for number in sorted(number for _, number in sorted(place)[:most])]


class FileRefused(Refusal):
    """A whole file is not read; nothing of it is kept.

    Parameters: `error` where and why.
    """

    def __init__(self, error: RowError) -> None:
        where = [" / ".join(part for part in (error.file, error.sheet) if part)]
        zh = "".join([*where, f" 第 {error.row} 行" if error.row else ""])
        en = ", ".join([*where, *([f"row {error.row}"] if error.row else [])])
        message = Text(f"{zh}：{error.message.zh}", f"{en}: {error.message.en}")
        super().__init__(message, error.hint, error.code)
        self.error = error

    def __str__(self) -> str:
        return f"{self.error.as_text('zh')} / {self.error.as_text('en')}"


def refused(
    file: str,
    code: str,
    message: Text,
    hint: Text,
    *,
    sheet: str | None = None,
    row: int | None = None,
    column: str | None = None,
    value: str | None = None,
    cell: str | None = None,
) -> FileRefused:
    """The refusal of a file, ready to be raised; parameters as in `RowError`."""
    return FileRefused(RowError(file, sheet, row, column, value, code, message, hint, cell))
