from graphmodel.schema.edges import StationGuides
from graphmodel.schema.nodes import GuidanceStation
from graphmodel.schema.units import UNITS
from graphmodel.text import Text
from queries.beside import Beside, number
from queries.guidance import STATION_SERVES, load
from queries.logic import EVERY
from queries.question import Group, Question, Reason, Severity, about
from queries.values import fields

STATION_LOAD = Question(
    id="station-load",
    group=Group.GUIDANCE,
    term="指导站负荷",
    text=Text("哪些指导站超出容量，哪些没有指导对象？", "Which guidance stations are over capacity, or guide nobody?"),
    remedy=Text(
        "超容量的增设岗位或分流，空站明确指导对象。",
        "Add posts or share the load; give an empty station organisations.",
    ),
    severity=Severity.MIDDLE,
    clauses=("J11",),
    anchor=about(GuidanceStation),
    tracks=None,
    scope=EVERY,
    reasons={
        "over": Reason(Text("超出容量", "over its capacity"), load(STATION_SERVES) > fields(GuidanceStation).capacity),
        "empty": Reason(Text("没有指导对象", "guides nobody"), load(STATION_SERVES) < 1),
    },
    columns=("kind", "capacity"),
    beside={
        "load": Beside(Text("指导家数", "organisations guided"), number(load(STATION_SERVES)), UNITS),
    },
    evidence=(STATION_SERVES,),
    needs=(StationGuides,),
)
