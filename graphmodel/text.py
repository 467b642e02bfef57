"""What does a reader see, in Chinese and in English? Every text of the product is one of these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Text:
    """One text in both languages; neither may be empty.

    Parameters: `zh` the Chinese wording (the default of the product), `en` the English one.
    Errors: `ValueError` where one of them is empty, so that no text ships in one language only.
    """

    zh: str
    en: str

    def __post_init__(self) -> None:
        if not self.zh or not self.en:
            raise ValueError(f"a text needs both languages: zh={self.zh!r}, en={self.en!r}")

    def in_language(self, language: Language) -> str:
        """The wording in one language."""
        return self.zh if language == "zh" else self.en

    def format(self, **values: object) -> Text:
        """The same text with `{name}` places filled; a `Text` among the values keeps its language."""
        if not any(isinstance(value, Text) for value in values.values()):
            return Text(self.zh.format(**values), self.en.format(**values))
        return Text(
            self.zh.format(**{k: v.zh if isinstance(v, Text) else v for k, v in values.items()}),
            self.en.format(**{k: v.en if isinstance(v, Text) else v for k, v in values.items()}),
        )

    def both(self) -> str:
        """Both wordings on one line, Chinese first."""
        return f"{self.zh} / {self.en}"


class Refusal(Exception):
    """Something that the user asked for cannot be done; says what is wrong and what to do.

    Parameters: `message` what is wrong with this input, naming it; `hint` what to do about it;
    `code` a stable kebab-case name for programs.
    """

    def __init__(self, message: Text, hint: Text | None = None, code: str = "refused") -> None:
        super().__init__(message.both() + (f" {hint.both()}" if hint else ""))
        self.message, self.hint, self.code = message, hint, code
