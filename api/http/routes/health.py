"""Health and metrics, for those who watch over the server."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel

from api.http.caller import Operating, Served, served
from api.http.metrics import MEDIA_TYPE
from api.http.models import example
from api.http.problems import documented
from graphmodel.text import Refusal, Text

router = APIRouter(tags=["health"])


class Live(BaseModel):
    """The process answers."""

    model_config = example(status="live")

    status: Literal["live"] = "live"


class Ready(BaseModel):
    """The store answers and a revision is in memory; `behind` newer ones are not yet."""

    model_config = example(status="ready", behind=0)

    status: Literal["ready"] = "ready"
    behind: int


@router.get("/health/live", openapi_extra={"security": []})
def read_live() -> Live:
    """进程是否在运行 · whether the process answers."""
    return Live()


@router.get("/health/ready", openapi_extra={"security": []}, responses=documented(503))
def read_ready(request: Request, house: Annotated[Served, Depends(served)]) -> Ready:
    """是否可以回答请求 · whether requests can be answered."""
    if request.app.state.stopping.is_set():
        raise Refusal(Text("服务器正在关闭。", "The server is stopping."), code="stopping")
    head = house.workspace.store.head
    return Ready(behind=head - house.workspace.network().stamp.revision)


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}, "example": "partygraph_revision 1.0"}}}},
)
def read_metrics(who: Operating, request: Request) -> Response:  # noqa: ARG001 - asked for its permission
    """本进程的指标（Prometheus 格式） · the figures of this process, as Prometheus reads them."""
    return Response(request.app.state.metrics.text(), media_type=MEDIA_TYPE)
