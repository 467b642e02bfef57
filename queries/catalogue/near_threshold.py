from graphmodel.schema import LicensedBy
from graphmodel.text import Text
from queries.authority_industry import AUTHORITY_INDUSTRY, SIZE
from queries.context import Context
from queries.given import Given
from queries.question import Group, Question, Reason, Severity
from queries.vertical_groups import MINIMUM


def _minimum_and(name: str, sign: int) -> Given:
    def bound(context: Context) -> int:
        minimum = MINIMUM.of(context)
        assert isinstance(minimum, int)
        return minimum + sign * context.values.integer("near_threshold_margin")

    return Given(name, (*MINIMUM.parameters, "near_threshold_margin"), bound)


NEAR_THRESHOLD = Question(
    id="near-threshold",
    group=Group.RESPONSIBILITY,
    term="归口临界",
    text=Text(
        "哪些同类组织再增减几家就会改变归口？",
        "Which groups would change hands with one registration or closure more?",
    ),
    remedy=Text(
        "提前与主管单位、街道沟通，做好交接准备。", "Talk to authority and street beforehand and prepare the handover."
    ),
    severity=Severity.PROJECT,
    clauses=("J7",),
    anchor=AUTHORITY_INDUSTRY,
    tracks=None,
    scope=SIZE >= 1,
    reasons={
        "about-to-reach": Reason(
            Text("即将够数，转为条管", "about to be enough: would fall to the authority"),
            (SIZE < MINIMUM) & (_minimum_and("vertical_minimum_less_margin", -1) <= SIZE),
        ),
        "about-to-fall-short": Reason(
            Text("刚刚够数，少了即转为属地", "just enough: would fall back to the streets"),
            (SIZE >= MINIMUM) & (_minimum_and("vertical_minimum_and_margin", 1) > SIZE),
        ),
    },
    columns=("size", "size_at_most", "due", "supervised"),
    needs=(LicensedBy,),
)
