from functools import reduce
from operator import or_

from graphmodel.schema.nodes import Organization
from graphmodel.text import Text
from queries.assessment import BELOW_PURCHASE, GRADE_ENDED
from queries.coverage import THREE_NONE
from queries.facts import COVER, COVERED, GUIDANCE, OPERATING, ORG, REGISTERED
from queries.logic import Only
from queries.question import Group, Question, Reason, Severity, about

# what J16 and J17 ask of a direct contractor; one that lacks exactly one of these is a step short
_LACKS = {
    "grade": (Text("等级不够", "graded too low"), BELOW_PURCHASE),
    "expired": (Text("等级已到期", "the grade has ended"), GRADE_ENDED),
    "abnormal": (Text("列入异常名录", "on the list of abnormal activity"), ORG.abnormal_listed),
    "three-none": (Text("“三无”组织", "three-none"), THREE_NONE),
    "activity": (Text("党建活动不经常", "activities not regular"), COVERED & ~ORG.activity_regular),
    "members": (Text("党员作用不明显", "members without a visible role"), COVERED & ~ORG.members_visible),
    "party-life": (Text("组织生活不规范", "Party life not regular"), COVERED & ~ORG.party_life_regular),
}


_TRUTHS = tuple(lack for _, lack in _LACKS.values())

PURCHASE_ONE_STEP_SHORT = Question(
    id="purchase-one-step-short",
    group=Group.ASSESSMENT,
    term="差一步可承接",
    text=Text(
        "哪些组织只差一项就可承接政府购买，差哪一项？",
        "Which organisations are one mark short of government purchase, and which mark?",
    ),
    remedy=Text("帮助补上这一项。", "Help it to mend that one mark."),
    severity=Severity.ADVICE,
    clauses=("J16", "J17"),
    anchor=about(Organization),
    tracks="R",
    scope=REGISTERED & OPERATING & reduce(or_, _TRUTHS),
    reasons={code: Reason(text, Only(_TRUTHS, (i,))) for i, (code, (text, _)) in enumerate(_LACKS.items())},
    columns=("grade", "grade_year"),
    evidence=(COVER,),
    needs=(COVER, GUIDANCE),
)
