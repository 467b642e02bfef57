from graphmodel.schema.nodes import Organization
from graphmodel.text import Text
from queries.coverage import THREE_NONE
from queries.facts import COVER, COVERED, GUIDANCE, OPERATING, ORG, REGISTERED
from queries.given import policy
from queries.question import Group, Question, Reason, Severity, about

# the three marks are about covered ones (J16); every recorded grade counts, ended or not
GRADE_ABOVE_CEILING = Question(
    id="grade-above-ceiling",
    group=Group.ASSESSMENT,
    term="等级超限",
    text=Text(
        "哪些组织的评估等级超过了应受的上限，因为哪一项？", "Whose grade is above its ceiling, and by which mark?"
    ),
    remedy=Text(
        "提请评估机构复核等级，并按所缺的一项整改。",
        "Ask the assessor to review the grade, and mend the mark that it lacks.",
    ),
    severity=Severity.HIGH,
    clauses=("J16", "N9"),
    anchor=about(Organization),
    tracks="R",
    scope=REGISTERED & OPERATING & (ORG.grade >= policy("ceiling_grade")),
    reasons={
        "three-none": Reason(Text("“三无”组织", "three-none"), THREE_NONE),
        "activity": Reason(Text("党建活动不经常", "activities not regular"), COVERED & ~ORG.activity_regular),
        "members": Reason(Text("党员作用不明显", "members without a visible role"), COVERED & ~ORG.members_visible),
        "party-life": Reason(Text("组织生活不规范", "Party life not regular"), COVERED & ~ORG.party_life_regular),
    },
    columns=("grade", "grade_year"),
    evidence=(COVER,),
    needs=(COVER, GUIDANCE),
)
