"""A plan's approval workbook: out to be filled in, and in again with its decisions."""

from __future__ import annotations

import shutil
import tempfile
from functools import partial
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, File, Response, UploadFile

from api import plan_workbooks
from api.exporting import Leaving
from api.http.called import NamedIn
from api.http.caller import Changing
from api.http.overseeing import TakingOut
from api.http.parameters import form_example
from api.http.plan_models import DecisionsOut
from api.http.plan_out import decision_out
from api.http.problems import documented
from api.http.routes.exports import file_of, sent_file
from api.http.routes.plans import Chosen, PlanName, named_plan
from api.plan_views import view
from graphmodel.text import Text

router = APIRouter(tags=["plans"])


@router.get("/plans/{name}/workbook.xlsx", response_class=Response, responses=file_of(".xlsx"))
def export_plan(name: PlanName, who: TakingOut, language: NamedIn, chosen: Chosen) -> Response:
    """方案审批表：逐项填写决定和理由 · the workbook for approval, a decision and a reason to fill in for each proposal."""
    kept = view(who.workspace, named_plan(name), chosen).kept
    write = partial(plan_workbooks.write, who.workspace, name=kept.name, choice=chosen)
    return sent_file(Leaving(Text(f"方案审批表-{kept.name}", f"plan-{kept.name}"), ".xlsx", write), language)


@router.post("/plans/{name}/workbook", responses=documented(409), openapi_extra=form_example(file="…"))
def return_plan(
    name: PlanName,
    file: Annotated[UploadFile, File(description="填好的审批表 · the workbook, filled in")],
    who: Changing,
) -> DecisionsOut:
    """读入填好的审批表，整体读入或整体不读 · take the decisions of a returned workbook, all or none."""
    with tempfile.TemporaryDirectory(prefix="partygraph-") as folder:
        kept = Path(folder) / "returned.xlsx"
        with kept.open("wb") as here:
            shutil.copyfileobj(file.file, here)
        _, changed = plan_workbooks.read(who.workspace, kept, named_plan(name), who.account.name)
    return DecisionsOut(items=[decision_out(one) for one in changed])
