"""The recommendation for one who is not registered yet: who takes a newcomer on, and what is due by when."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.encoders import jsonable_encoder
from pydantic import BaseModel, Field

from api.descriptions import MOST, described
from api.http.models import WRITTEN, example
from api.http.problems import documented
from api.http.reading import Asked
from api.newcomers import plain, receptions
from api.scope import DistrictOnly
from graphmodel.network import Network
from graphmodel.text import Refusal, Text
from planning.newcomer import Newcomer

router = APIRouter(tags=["plans"])


class NewcomersIn(BaseModel):
    """Organisations that are not registered yet: values as text, numbers or flags, by names or titles of fields; authority and place by name or id."""

    model_config = example(
        items=[
            {
                "name": "锦江区晨光托育中心",
                "industry": "教育",
                "registration": "dual",
                "authority": "锦江区教育局",
                "street": "春熙路街道",
            }
        ]
    )

    items: list[dict[Annotated[str, Field(max_length=60)], Annotated[str, Field(max_length=500), WRITTEN] | None]] = (
        Field(min_length=1, max_length=MOST)
    )


class NewcomersOut(BaseModel):
    """For each: what is due by which clause, who answers, and until when; nothing is stored."""

    model_config = example(
        items=[
            {
                "name": "锦江区晨光托育中心",
                "revision": 1,
                "as_of": "2016-06-12",
                "stored": False,
                "advice": [],
                "due": [],
                "later": [],
            }
        ]
    )

    items: list[dict[str, Any]]


@router.post("/newcomers", responses=documented(409))
def receive_newcomers(wanted: NewcomersIn, asked: Asked) -> NewcomersOut:
    """尚未登记的组织由谁负责、如何组建、多少天内办什么（N7），什么都不存 · who takes on an organisation not yet registered; nothing is stored."""
    if asked.who.account.scope.body is not None:
        raise DistrictOnly
    context = asked.context
    found = receptions(context, _described(context.network, wanted.items))
    return NewcomersOut(items=[_sent(plain(context, one)) for one in found])


class ItemRefused(Refusal):
    """One of several descriptions is refused; `item` is its place among them, from 0."""

    def __init__(self, place: int, mistake: Refusal) -> None:
        message = Text("第 {n} 项：{why}", "Item {n}: {why}").format(n=place + 1, why=mistake.message)
        super().__init__(message, mistake.hint, code=mistake.code)
        self.members = {"item": place}


def _described(network: Network, items: list[dict[str, str | None]]) -> list[Newcomer]:
    """The newcomers that are meant. Errors: `ItemRefused` for the first that is refused by itself; those of `described`."""
    try:
        return described(network, items, "request")
    except Refusal:
        for place, item in enumerate(items):
            try:
                described(network, [item], "request")
            except Refusal as mistake:
                raise ItemRefused(place, mistake) from None
        raise


def _sent(value: Any) -> dict[str, Any]:
    encoders = {Text: lambda text: {"zh": text.zh, "en": text.en}}
    found: dict[str, Any] = jsonable_encoder(value, custom_encoder=encoders)
    return found
