from graphmodel.schema.edges import LocatedIn
from graphmodel.schema.nodes import Hub, Street
from graphmodel.text import Text
from queries.guidance import DISTRICT_HUB_NEAR, HUB_IN_STREET, STREET_EXISTS
from queries.question import Group, Question, Reason, Severity, about
from queries.relations import incoming

# within reach: a platform of the district in the street or within the policy's hops of NEIGHBOURS
STREET_WITHOUT_HUB = Question(
    id="street-without-hub",
    group=Group.GUIDANCE,
    term="街道无孵化平台",
    text=Text(
        "哪些街道没有孵化平台，附近也没有区级平台？",
        "Which streets have no incubation platform and none of the district within reach?",
    ),
    remedy=Text(
        "在街道便民服务中心或枢纽型组织设立平台。", "Set one up in the street's civic centre or at a hub organisation."
    ),
    severity=Severity.MIDDLE,
    clauses=("J10",),
    anchor=about(Street),
    tracks=None,
    scope=STREET_EXISTS,
    reasons={
        "none": Reason(Text("无平台可及", "no platform within reach"), ~HUB_IN_STREET & ~DISTRICT_HUB_NEAR),
    },
    evidence=(incoming(LocatedIn, Hub, Street),),
    needs=(Hub,),
    parameters=("hub_reach_hops",),
    in_process_only=Text(
        "相邻步数是政策参数，Cypher 的路径长度不能由参数给出。",
        "The number of hops is a policy value, and Cypher takes no path length from a parameter.",
    ),
)
