from graphmodel.schema.edges import SubordinateTo
from graphmodel.schema.nodes import PartyOrganization
from graphmodel.text import Text
from queries.beside import Beside, names
from queries.chain import BODY, EXISTS, HAS_SUPERIOR, SUPERIOR, SUPERIORS
from queries.chain_faults import CIRCULAR, DANGLING, TOP
from queries.facts import actual
from queries.question import Group, Question, Reason, Severity, about

# In scope: every existing Party organisation but the tops (the district committee's own, and those outside the district).
# Where only the kind of superior is recorded there is one, and it is not known which: nobody can tell.
BROKEN_CHAIN = Question(
    id="broken-chain",
    group=Group.RESPONSIBILITY,
    term="隶属不清",
    text=Text(
        "哪些党组织的隶属关系没有、多头、断头或成环？",
        "Which Party organisations have no superior, several, a chain that ends below the top, or a circle?",
    ),
    remedy=Text(
        "明确唯一的上级党组织，使隶属链通到区委。",
        "Settle on one superior, so that the chain reaches the district committee.",
    ),
    severity=Severity.HIGH,
    clauses=("J6",),
    anchor=about(PartyOrganization),
    tracks=None,
    scope=EXISTS & ~TOP,
    reasons={
        "no-superior": Reason(Text("没有上级", "no superior"), ~HAS_SUPERIOR),
        "several": Reason(Text("上级不止一个", "several superiors"), SUPERIORS >= 2),
        "dangling": Reason(Text("隶属链通不到区委", "the chain does not reach the top"), DANGLING),
        "circular": Reason(Text("隶属成环", "a circle of superiors"), CIRCULAR),
    },
    columns=("level", "form"),
    beside={
        "superiors": Beside(Text("上级党组织", "superiors"), names((SUPERIOR, actual(SUPERIOR)))),
    },
    evidence=(SUPERIOR, BODY),
    needs=(SubordinateTo,),
    in_process_only=Text(
        "须沿隶属链任意多级追溯并找环，用整体算法一次算出。",
        "Chains of any length and circles are followed by one algorithm over the whole, not row by row.",
    ),
)
