"""What exists and by which rules is judged: schema and policy."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.http.caller import Seeing
from api.http.models import ChoiceOut, Words, choices_out, parameter_values
from api.http.reading import UNCHANGED, give_tag
from api.http.schema_models import ClauseOut, EdgeTypeOut, FieldOut, NodeTypeOut, ParameterOut, PolicyOut, SchemaOut
from api.views import places_of
from graphmodel.clauses import CLAUSES
from graphmodel.declare import Column
from graphmodel.parameters import PARAMETERS
from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from graphmodel.values import TODAY, check_day

router = APIRouter(tags=["model"], responses=UNCHANGED)


def _field(column: Column) -> FieldOut:
    return FieldOut(
        name=column.name,
        title=Words.of(column.title),
        kind=column.kind,
        unit=Words.perhaps(column.unit),
        ge=column.ge,
        le=column.le,
        choices=choices_out(column.choices),
        key=column.key,
        restricted=column.restricted,
        note=Words.perhaps(column.note),
    )


@router.get("/schema")
def read_schema(request: Request, response: Response, who: Seeing) -> SchemaOut:
    """全部节点类型、关系类型、字段与依据条款 · every node type, edge type, field and clause."""
    give_tag(request, response, who)
    nodes = [
        NodeTypeOut(
            name=name,
            title=Words.of(t.title),
            fields=[_field(c) for c in t.columns.values()],
            places=list(places_of(t)),
        )
        for name, t in NODE_TYPES.items()
    ]
    edges = [
        EdgeTypeOut(
            name=name,
            title=Words.of(t.title),
            fields=[_field(c) for c in t.columns.values()],
            reverse=Words.of(t.reverse),
            pairs=[(one.type_name, other.type_name) for one, other in t.pairs],
            undirected=t.undirected,
        )
        for name, t in EDGE_TYPES.items()
    ]
    clauses = [ClauseOut(id=c.id, title=Words.of(c.title), document=c.document) for c in CLAUSES.values()]
    return SchemaOut(nodes=nodes, edges=edges, clauses=clauses)


@router.get("/policy")
def read_policy(
    request: Request,
    response: Response,
    who: Seeing,
    day: Annotated[dt.date | None, Query(description="哪一天的政策 · of which day; the data's own by default")] = None,
) -> PolicyOut:
    """某一天的全部政策参数及其依据 · every parameter of the policy on a day, with its clauses."""
    day = day or who.workspace.network().stamp.as_of
    check_day(day, TODAY)
    values = who.workspace.policy.at(day)
    give_tag(request, response, who, values.digest, day)
    told = parameter_values({name: values[name] for name in values})
    parameters = [
        ParameterOut(
            name=name,
            title=Words.of(parameter.title),
            kind=parameter.kind,
            unit=Words.perhaps(parameter.unit),
            value=told[name],
            clauses=list(values.clause(name)),
            begins=values.versions[name].begins,
            ends=values.versions[name].ends,
            choices=[ChoiceOut(value=v, title=Words.of(t)) for v, t in (parameter.choices or {}).items()] or None,
        )
        for name, parameter in PARAMETERS.items()
    ]
    return PolicyOut(
        policy=values.policy, title=Words.of(values.title), day=day, digest=values.digest, parameters=parameters
    )
