from graphmodel.schema.nodes import Organization, PolicyDocument
from graphmodel.text import Text
from queries.beside import Beside
from queries.consultation import CONCERNED, HEARD, UNHEARD, unheard_on
from queries.facts import OPERATING
from queries.question import Group, Question, Reason, Severity, about

# a document of an industry and streets concerns those of that industry in those streets; the date of a document is
# not set against the date of registration
CONSULTATION_GAP = Question(
    id="consultation-gap",
    group=Group.ASSESSMENT,
    term="未征求意见",
    text=Text(
        "哪些组织所在行业或街道有政策文件涉及，却没有征求它的意见？",
        "Which organisations does a policy document concern that were not heard on it?",
    ),
    remedy=Text("请联席会议补充听取意见并记录结果。", "Have the joint conference hear it, and record what came of it."),
    severity=Severity.MIDDLE,
    clauses=("J3",),
    anchor=about(Organization),
    tracks="RF",
    scope=OPERATING & CONCERNED,
    reasons={"unheard": Reason(Text("未征求意见", "not heard"), UNHEARD)},
    columns=("industry",),
    beside={"unheard_on": Beside(Text("未征求意见的文件", "documents that did not hear it"), unheard_on)},
    evidence=(HEARD,),
    needs=(PolicyDocument, HEARD),
    in_process_only=Text(
        "文件与组织只凭行业用词对应，图中没有相连的路径，在库中须逐一配对。",
        "Documents and organisations meet by the word of the industry alone: no path joins them, so that a database "
        "would have to pair each with each.",
    ),
)
