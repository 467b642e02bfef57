from graphmodel.schema.edges import Covers, Instructs, MemberOf, StationGuides
from graphmodel.text import Text
from queries.dependence import BODIES, many
from queries.given import policy
from queries.logic import EVERY
from queries.question import Group, Question, Reason, Severity

_LEAST = policy("single_point_min_loss")

SINGLE_POINT_OF_FAILURE = Question(
    id="single-point-of-failure",
    group=Group.ALLIANCE,
    term="枢纽依赖",
    text=Text(
        "缺了哪个机构，会有一批组织完全失去覆盖、指导或联盟？",
        "Without which body would a number of organisations lose all cover, guidance or their alliance?",
    ),
    remedy=Text(
        "为依赖它的组织安排第二个支撑：另一岗位、站点、联盟或牵头单位。",
        "Give those that hang on it a second support: another post, station, alliance or lead.",
    ),
    severity=Severity.PROJECT,
    clauses=("J11", "J12"),
    anchor=BODIES,
    tracks=None,
    scope=EVERY,
    reasons={
        "cover": Reason(Text("失去全部覆盖", "all cover would be lost"), many("cover", _LEAST)),
        "guidance": Reason(Text("失去全部指导", "all guidance would be lost"), many("guidance", _LEAST)),
        "alliance": Reason(Text("失去联盟", "their alliance would be lost"), many("alliance", _LEAST)),
    },
    columns=("type", "node", "cover", "guidance", "alliance"),
    needs=((Covers, StationGuides, Instructs, MemberOf),),
    parameters=("strict_cover", "inactive_in_scope"),
    in_process_only=Text(
        "支配点和割点须在整张图上计算。", "Dominators and articulation points are computed over the whole graph."
    ),
)
