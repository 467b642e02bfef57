from graphmodel.schema.edges import LicensedBy
from graphmodel.text import Text
from queries.authority_industry import AUTHORITY_INDUSTRY, SIZE
from queries.context import Context
from queries.given import Given
from queries.logic import Recorded
from queries.question import Group, Question, Reason, Severity
from queries.vertical_groups import MINIMUM


def _minimum_and(name: str, sign: int) -> Given:
    def bound(context: Context) -> int:
        minimum = MINIMUM.of(context)
        assert isinstance(minimum, int)
        return minimum + sign * context.values.integer("near_threshold_margin")

    return Given(name, (*MINIMUM.parameters, "near_threshold_margin"), bound)


_NOT_FAR_BELOW = _minimum_and("vertical_minimum_less_margin", -1) <= SIZE
_NOT_FAR_ABOVE = _minimum_and("vertical_minimum_and_margin", 1) > SIZE
_SHORT_BY_LITTLE = (SIZE < MINIMUM) & _NOT_FAR_BELOW
_ENOUGH_BY_LITTLE = (SIZE >= MINIMUM) & _NOT_FAR_ABOVE

# a size that is not known exactly may be near whichever it is: a gap for certain, by a reason of its own
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
            _SHORT_BY_LITTLE,
        ),
        "about-to-fall-short": Reason(
            Text("刚刚够数，少了即转为属地", "just enough: would fall back to the streets"),
            _ENOUGH_BY_LITTLE,
        ),
        "either-way": Reason(
            Text("家数不确定，够数与否都临界", "near the number whatever its size, which is not known exactly"),
            Recorded(_NOT_FAR_BELOW & _NOT_FAR_ABOVE) & ~Recorded(_SHORT_BY_LITTLE) & ~Recorded(_ENOUGH_BY_LITTLE),
        ),
    },
    columns=("size", "size_at_most", "due", "supervised"),
    needs=(LicensedBy,),
)
