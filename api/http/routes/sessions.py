"""Signing in and out, the one-time link, tokens of one's own, and who one is."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response, status
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from api.accounts import Account, BadCredentials, Token, TooManyAttempts, digest
from api.http.caller import COOKIE, Bearer, Caller, Served, address, caller, csrf_of, served
from api.http.models import Words, example
from api.http.problems import documented

router = APIRouter(tags=["sessions"])
Signed = Annotated[Caller, Depends(caller)]
Digest = Annotated[str, Path(max_length=64, description="令牌的摘要 · digest of the token", examples=["9f86d0"])]
House = Annotated[Served, Depends(served)]
_WHO: dict[str, Any] = {
    "account": "planner-office", "role": "local", "title": {"zh": "本机使用", "en": "whoever started the server"},
    "body": None, "permissions": ["see", "export"], "sees_members": True,
}  # fmt: skip


class SignIn(BaseModel):
    """Name and password of a unit's account."""

    model_config = example(name="street-510104022", password="…")  # noqa: S106 - an example

    name: str = Field(max_length=40)
    password: str = Field(max_length=200, repr=False)


class WhoOut(BaseModel):
    """Who is signed in, and what the account may do and see; `body` is the street's or authority's id."""

    model_config = example(**_WHO)

    account: str
    role: str
    title: Words
    body: str | None
    permissions: list[str]
    sees_members: bool


class SessionOut(WhoOut):
    """A session; send `csrf` as header X-CSRF-Token with everything that alters something."""

    model_config = example(**_WHO, csrf="5f2c…")

    csrf: str | None


class TokenIn(BaseModel):
    """What a token is for, without personal data; how many days it lasts."""

    model_config = example(note="区政务平台", days=30)

    note: str = Field(default="", max_length=200)
    days: int | None = Field(default=None, ge=1, le=3660)


class TokenOut(BaseModel):
    """A token that was handed out, known by its digest."""

    model_config = example(digest="9f86d0", kind="api", expires="2016-09-12T08:00:00Z", note="区政务平台")

    digest: str
    kind: str
    expires: dt.datetime
    note: str


class TokenMade(BaseModel):
    """A new token: it is shown this once."""

    model_config = example(token="…", expires="2016-09-12T08:00:00Z")  # noqa: S106 - an example

    token: str
    expires: dt.datetime


class Tokens(BaseModel):
    """The tokens and sessions of an account."""

    model_config = example(items=[{"digest": "9f86d0", "kind": "api", "expires": "2016-09-12T08:00:00Z", "note": ""}])

    items: list[TokenOut]


def _who(account: Account) -> dict[str, Any]:
    return {
        "account": account.name,
        "role": account.role.value,
        "title": Words.of(account.role.title),
        "body": account.body,
        "permissions": sorted(account.role.permissions),
        "sees_members": account.scope.members,
    }


def _begin(house: Served, account: Account, response: Response) -> str:
    """Begin a session and set its cookie; gives its secret."""
    lasts = dt.timedelta(hours=house.settings.session_hours)
    secret = house.accounts.issue(account, "session", lasts)
    response.set_cookie(
        COOKIE,
        secret,
        max_age=int(lasts.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=not house.settings.local,
        path="/",
    )
    return secret


@router.post("/session", status_code=status.HTTP_201_CREATED, openapi_extra={"security": []})
def sign_in(given: SignIn, request: Request, response: Response, house: House) -> SessionOut:
    """登录 · sign in; the cookie is the session."""
    house.rates.take(address(request))
    try:
        account = house.accounts.sign_in(given.name, given.password)
    except (BadCredentials, TooManyAttempts) as refusal:
        known = given.name if house.accounts.get(given.name) else "–"
        house.audit.note(known, "sign in", "refused", code=refusal.code, request=request.state.request_id)
        raise
    house.audit.note(account.name, "sign in", "done", request=request.state.request_id)
    secret = _begin(house, account, response)
    return SessionOut(**_who(account), csrf=csrf_of(secret))


@router.get(
    "/session/link",
    status_code=status.HTTP_303_SEE_OTHER,
    response_class=RedirectResponse,
    responses={
        303: {
            "description": "转到首页：已登录，或浏览器的链接已用过 · go to the start page, signed in or, in a browser, with a link that is used up"
        }
    },
    openapi_extra={"security": []},
)
def use_link(
    token: Annotated[
        str,
        Query(
            min_length=20, max_length=100, description="一次性链接中的令牌 · of the one-time link", examples=["…" * 43]
        ),
    ],
    request: Request,
    house: House,
) -> Response:
    """启动时显示的一次性链接，只能用一次 · the link shown at start, which works once."""
    house.rates.take(address(request))
    response = RedirectResponse("/", status.HTTP_303_SEE_OTHER)
    looks = request.state.method == "HEAD"  # as programs do that show where a link leads: it is not used up
    try:
        account = house.accounts.account_of(token, "link") if looks else house.accounts.redeem(token)
    except BadCredentials as refusal:
        house.audit.note("–", "sign in by link", "refused", code=refusal.code, request=request.state.request_id)
        if "text/html" not in request.headers.get("accept", ""):
            raise
        return response  # to the page that tells how to sign in
    if not looks:
        house.audit.note(account.name, "sign in by link", "done", request=request.state.request_id)
        _begin(house, account, response)
    return response


@router.get("/session")
def read_session(request: Request, who: Signed) -> SessionOut:
    """当前账号、权限与防伪令牌 · who is signed in, and the anti-forgery token of the session."""
    session = request.cookies.get(COOKIE)
    return SessionOut(**_who(who.account), csrf=csrf_of(session) if session else None)


@router.delete("/session", status_code=status.HTTP_204_NO_CONTENT)
def sign_out(request: Request, response: Response, who: Signed) -> None:
    """退出登录 · sign out."""
    session = request.cookies.get(COOKIE)
    if session is not None:
        who.served.accounts.end(who.account.name, digest(session))
    response.delete_cookie(COOKIE, path="/")


@router.get("/tokens")
def list_tokens(who: Signed) -> Tokens:
    """本账号的令牌与会话 · tokens and sessions of one's own account."""
    return Tokens(items=[_token(token) for token in who.served.accounts.tokens(who.account.name)])


def _token(token: Token) -> TokenOut:
    return TokenOut(digest=token.digest, kind=token.kind, expires=token.expires, note=token.note)


@router.post("/tokens", status_code=status.HTTP_201_CREATED)
def make_token(given: TokenIn, who: Signed, bearer: Bearer) -> TokenMade:
    """新的接口令牌，只显示这一次；用令牌所建的不比它更长久 · a new API token, shown this once; one made by a token ends with it."""
    lasts = dt.timedelta(days=min(given.days or who.served.settings.token_days, who.served.settings.token_days))
    accounts = who.served.accounts
    until = None if bearer is None else accounts.ends(bearer.credentials)
    secret = accounts.issue(who.account, "api", lasts, given.note, until)
    who.served.audit.note(who.account.name, "token made", "done", request=who.request_id)
    return TokenMade(token=secret, expires=accounts.ends(secret))


@router.delete("/tokens/{digest}", status_code=status.HTTP_204_NO_CONTENT, responses=documented(404))
def end_token(digest: Digest, who: Signed) -> None:
    """作废一个令牌 · end a token."""
    who.served.accounts.end(who.account.name, digest)
