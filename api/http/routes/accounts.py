"""Accounts of units, and the audit trail."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

import polars as pl
from fastapi import APIRouter, Path, Request, status
from pydantic import BaseModel, Field

from api.accounts import GIVEN, Account
from api.http.acts import act_in_words
from api.http.caller import Administering, Auditing
from api.http.models import Words, example
from api.http.problems import documented
from api.http.reading import Cursor, Limit, page_size
from api.listing import paged

router = APIRouter(tags=["accounts"])
Name = Annotated[str, Path(max_length=40, description="账号 · account", examples=["street-510104022"])]
_ACCOUNT: dict[str, Any] = {"name": "street-510104022", "role": "street-clerk", "body": "510104022"}
_ENTRY: dict[str, Any] = {
    "at": "2016-06-12T08:00:00Z", "account": "planner-office", "act": "POST /api/v1/revisions/3/undo",
    "title": {"zh": "撤销一次改动", "en": "undo an act"}, "outcome": "done", "code": None, "request": "0f4c2a",
    "subject": None, "role": None, "role_title": None,
}  # fmt: skip


class AccountOut(BaseModel):
    """A unit's account; `body` the id of the street or authority that it is limited to."""

    model_config = example(**_ACCOUNT)

    name: str
    role: str
    body: str | None


class RoleOut(BaseModel):
    """A role that accounts are given; `body` the type of the body that it is limited to."""

    model_config = example(value="street-clerk", title={"zh": "街道经办", "en": "street clerk"}, body="Street")

    value: str
    title: Words
    body: str | None


class AccountsOut(BaseModel):
    """All accounts, by name, and the roles that there are."""

    model_config = example(items=[_ACCOUNT], roles=[])

    items: list[AccountOut]
    roles: list[RoleOut]


class AccountIn(BaseModel):
    """A new account. A street clerk's or authority contact's needs its body."""

    model_config = example(**_ACCOUNT, password="correct horse battery")  # noqa: S106 - an example

    name: str = Field(max_length=40)
    role: str = Field(json_schema_extra={"enum": [role.value for role in GIVEN]})
    body: str | None = Field(default=None, max_length=200)
    password: str = Field(max_length=200, repr=False)


class PasswordIn(BaseModel):
    """Another password."""

    model_config = example(password="correct horse battery")  # noqa: S106 - an example

    password: str = Field(max_length=200, repr=False)


class AuditEntry(BaseModel):
    """One act of the audit trail; `title` what it is in words, null of an operation that there is no more.

    Of acts on accounts, `subject` is the account and `role` the role that it had; null of other acts.
    """

    model_config = example(**_ENTRY)

    at: dt.datetime
    account: str
    act: str
    title: Words | None
    outcome: str
    code: str | None
    request: str | None
    subject: str | None
    role: str | None
    role_title: Words | None


class AuditPage(BaseModel):
    """The audit trail, the newest act first."""

    model_config = example(total=1, next=None, items=[_ENTRY])

    total: int
    next: str | None
    items: list[AuditEntry]


def _account(account: Account) -> AccountOut:
    return AccountOut(name=account.name, role=account.role.value, body=account.body)


@router.get("/accounts")
def list_accounts(who: Administering) -> AccountsOut:
    """全部账号 · all accounts."""
    return AccountsOut(
        items=[_account(account) for account in who.served.accounts.all()],
        roles=[RoleOut(value=role.value, title=Words.of(role.title), body=role.body) for role in GIVEN],
    )


@router.post("/accounts", status_code=status.HTTP_201_CREATED, responses=documented(409))
def add_account(given: AccountIn, request: Request, who: Administering) -> AccountOut:
    """新建单位账号 · make a unit's account."""
    network = who.served.workspace.network()
    made = who.served.accounts.add(given.name, given.role, given.password, given.body, network)
    request.state.subject = made
    return _account(made)


@router.put("/accounts/{name}/password", status_code=status.HTTP_204_NO_CONTENT, responses=documented(409))
def set_password(name: Name, given: PasswordIn, request: Request, who: Administering) -> None:
    """更换密码，并结束其全部会话 · give another password; its sessions and tokens end."""
    request.state.subject = who.served.accounts.set_password(name, given.password)


@router.delete("/accounts/{name}", status_code=status.HTTP_204_NO_CONTENT, responses=documented(409))
def remove_account(name: Name, request: Request, who: Administering) -> None:
    """删除账号，并结束其全部会话 · remove another account; its sessions and tokens end."""
    request.state.subject = who.served.accounts.remove(name, by=who.account.name)


@router.get("/audit")
def list_audit(request: Request, who: Auditing, cursor: Cursor = None, limit: Limit = 100) -> AuditPage:
    """谁修改、导出、管理过什么，谁登录失败 · who changed, exported or administered what, who failed to sign in."""
    entries = {entry.key: entry for entry in who.served.audit.entries()}
    keys = pl.DataFrame({"key": list(entries)}, {"key": pl.String})
    page = paged(keys, ["key"], cursor, page_size(who, limit), descending=[True])
    shown = [entries[key] for key in page.frame["key"]]
    items = [
        AuditEntry(
            title=Words.perhaps(act_in_words(request.app, each.act)),
            role_title=Words.perhaps(each.role.title if each.role else None),
            **each.model_dump(),
        )
        for each in shown
    ]
    return AuditPage(total=page.total, next=page.next, items=items)
