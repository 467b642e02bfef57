"""Why does a store not do what it is asked? The refusals that all stores share, beside those of `protocol`."""

from __future__ import annotations

import polars as pl

from graphmodel.text import Refusal, Text


class UnfitRows(Refusal):
    """Rows of a ChangeSet break what the schema says of their type; nothing was written. `rows` has them."""

    def __init__(self, message: Text, rows: pl.DataFrame) -> None:
        hint = Text("请更正这些行后重试。", "Correct these rows, then repeat the act.")
        super().__init__(message, hint, code="unfit-rows")
        self.rows = rows


class PersonalData(Refusal):
    """What was to be written holds an ID-card number, a mobile number or an e-mail address, which it does not show."""

    def __init__(self, where: Text) -> None:
        message = Text(
            "{where}看起来含有个人信息（证件号、手机号或邮箱）。",
            "{where}: this looks like personal data: an ID, mobile number or e-mail.",
        )
        hint = Text("请删去后重试；系统不记录个人信息。", "Remove it, then try again; personal data is never stored.")
        super().__init__(message.format(where=where), hint, code="personal-data")


class StoreClosed(Refusal):
    """The store was closed before."""

    def __init__(self) -> None:
        super().__init__(Text("数据库已关闭。", "The store is closed."), code="store-closed")


class StoreBusy(Refusal):
    """Another process held the store for longer than we wait; nothing was written."""

    def __init__(self) -> None:
        hint = Text("请稍后重试。", "Try again in a moment.")
        super().__init__(
            Text("数据库正被其他程序占用。", "Another program is using the store."), hint, code="store-busy"
        )


class NotOurStore(Refusal):
    """What was opened is no store of this product, or has been tampered with; it was left as it is."""

    def __init__(self, where: str, why: Text) -> None:
        message = Text("{where} 不是本软件的数据库：{why}", "{where} is no store of this product: {why}").format(
            where=where, why=why
        )
        hint = Text("请换一个文件，或从备份恢复。", "Choose another file, or restore a backup.")
        super().__init__(message, hint, code="not-our-store")


class NewerStore(Refusal):
    """The store was written by a newer version of this product; it was left as it is."""

    def __init__(self, where: str, what: str) -> None:
        message = Text("{where} 由更新的版本写成（{what}）。", "{where} was written by a newer version ({what}).")
        hint = Text("请升级软件后再打开。", "Upgrade the program, then open it again.")
        super().__init__(message.format(where=where, what=what), hint, code="newer-store")


class StoreFailed(Refusal):
    """The storage below failed: full, read-only, damaged, unreachable; nothing was written."""

    def __init__(self, where: str, why: Text, hint: Text, code: str = "store-failed") -> None:
        message = Text("{where}：{why}", "{where}: {why}").format(where=where, why=why)
        super().__init__(message, hint, code)
