from graphmodel.schema.edges import SucceededBy
from graphmodel.schema.nodes import Organization
from graphmodel.text import Text
from queries.branches import JOINT
from queries.facts import COVER, COVERING, INSTRUCTOR, OPERATING, actual
from queries.guidance import STREET_EXISTS
from queries.question import Group, Question, Reason, Severity, about
from queries.redistricting import BRANCH_CROSSES, POST_CROSSES
from queries.responsibility import COMMUNITY_KNOWN, IN_STREET

# now crosses: recorded in one street, and in several once communities and streets went to their successors
REDISTRICTING = Question(
    id="redistricting",
    group=Group.CREDIT,
    term="区划调整影响",
    text=Text(
        "区划调整后，哪些组织的街道已撤销而社区不详，哪些的联合支部或指导员跨了街道？",
        "After a change of boundaries, whose street is gone with its community unknown, and whose joint branch or instructor now crosses streets?",
    ),
    remedy=Text(
        "补录社区，按新街道重排联合支部和指导员。",
        "Record the community; rearrange joint branches and instructors by the new streets.",
    ),
    severity=Severity.MIDDLE,
    clauses=("J8", "N2"),
    anchor=about(Organization),
    tracks="RF",
    scope=OPERATING,
    reasons={
        "street-gone": Reason(
            Text("街道已撤销，社区不详", "its street is gone, and its community is not known"),
            IN_STREET.some(IN_STREET.other(~STREET_EXISTS)) & ~COMMUNITY_KNOWN,
        ),
        "joint-crosses": Reason(
            Text("联合支部跨了街道", "its joint branch now crosses streets"),
            COVER.some(COVERING & COVER.other(JOINT & BRANCH_CROSSES)),
        ),
        "instructor-crosses": Reason(
            Text("指导员跨了街道", "its instructor now crosses streets"),
            INSTRUCTOR.some(actual(INSTRUCTOR) & INSTRUCTOR.other(POST_CROSSES)),
        ),
    },
    evidence=(IN_STREET, COVER, INSTRUCTOR),
    needs=(SucceededBy,),
    in_process_only=Text(
        "须沿区划沿革找到每家现在的街道，再比较同一支部、同一岗位的各家。",
        "It follows every community and street to its successors and compares all of one branch or post.",
    ),
)
