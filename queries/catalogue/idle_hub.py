from graphmodel.schema.edges import Incubates
from graphmodel.schema.nodes import Hub
from graphmodel.text import Text
from queries.guidance import HUB_RAISES, HUB_TAKES_IN, present
from queries.logic import EVERY
from queries.question import Group, Question, Reason, Severity, about

_TAKES_IN = HUB_TAKES_IN.some(present(HUB_TAKES_IN)) | HUB_RAISES.some(present(HUB_RAISES))

IDLE_HUB = Question(
    id="idle-hub",
    group=Group.GUIDANCE,
    term="平台空转",
    text=Text("哪些孵化平台目前没有孵化对象？", "Which platforms incubate nobody at present?"),
    remedy=Text("安排初创组织入孵，或并入邻近平台。", "Send it start-ups, or merge it with a platform nearby."),
    severity=Severity.PROJECT,
    clauses=("J10",),
    anchor=about(Hub),
    tracks=None,
    scope=EVERY,
    reasons={"idle": Reason(Text("没有孵化对象", "incubates nobody"), ~_TAKES_IN)},
    columns=("kind", "level", "capacity"),
    evidence=(HUB_TAKES_IN, HUB_RAISES),
    needs=(Hub, Incubates),
)
