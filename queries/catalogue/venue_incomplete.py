from graphmodel.schema.nodes import Venue
from graphmodel.text import Text
from queries.assessment import HOSTED, VENUE
from queries.question import Group, Question, Reason, Severity, about

VENUE_INCOMPLETE = Question(
    id="venue-incomplete",
    group=Group.ASSESSMENT,
    term="“六有”缺项",
    text=Text("哪些自有阵地不够“六有”，缺哪几项？", "Which own venues lack some of the six haves, and which?"),
    remedy=Text("按“六有”逐项补齐。", "Supply what it lacks, one by one."),
    severity=Severity.MIDDLE,
    clauses=("J15",),
    anchor=about(Venue),
    tracks=None,
    scope=VENUE.kind.is_("own"),
    reasons={
        "place": Reason(Text("没有场所", "no place"), ~VENUE.place),
        "equipment": Reason(Text("没有设施", "no equipment"), ~VENUE.equipment),
        "signs": Reason(Text("没有标识", "no signs"), ~VENUE.signs),
        "party-flag": Reason(Text("没有党旗", "no Party flag"), ~VENUE.party_flag),
        "books": Reason(Text("没有书报", "no books and papers"), ~VENUE.books),
        "rules": Reason(Text("没有制度", "no rules"), ~VENUE.rules),
    },
    evidence=(HOSTED,),
    needs=(Venue,),
)
