from graphmodel.schema.edges import StationGuides
from graphmodel.schema.nodes import Organization
from graphmodel.text import Text
from queries.beside import Beside, names
from queries.facts import OPERATING, STATION, STATION_GUIDED, actual
from queries.guidance import OTHER_KIND
from queries.question import Group, Question, Reason, Severity, about

# the guidance point is set by hand and may guide any organisation
WRONG_STATION = Question(
    id="wrong-station",
    group=Group.GUIDANCE,
    term="站类不符",
    text=Text(
        "哪些组织由不同类型的指导站指导，或同时由几个站指导？",
        "Which organisations are guided by a station of another kind, or by several?",
    ),
    remedy=Text("按行业改由对应类型的一个指导站指导。", "Move it to the one station of its industry's kind."),
    severity=Severity.MIDDLE,
    clauses=("J11",),
    anchor=about(Organization),
    tracks="RF",
    scope=OPERATING & STATION_GUIDED,
    reasons={
        "several": Reason(Text("几个站指导", "guided by several stations"), STATION.count(actual(STATION)) > 1),
        "other-kind": Reason(Text("站类与行业不符", "the station is of another kind"), OTHER_KIND),
    },
    columns=("track", "industry"),
    beside={
        "stations": Beside(Text("现在的指导站", "stations that guide it"), names((STATION, actual(STATION)))),
    },
    evidence=(STATION,),
    needs=(StationGuides,),
)
