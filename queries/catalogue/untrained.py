from graphmodel.schema.edges import Trained
from graphmodel.schema.nodes import Organization, TrainingProgramme
from graphmodel.text import Text
from queries.facts import COVER, COVERED, OPERATING, REGISTERED
from queries.given import before_today, today
from queries.logic import Recorded
from queries.question import Group, Question, Reason, Severity, about
from queries.relations import incoming
from queries.values import fields

TRAINING = incoming(Trained, TrainingProgramme, Organization)
_held = fields(TrainingProgramme).held_on

# whoever is listed took part, unless the count says 0
UNTRAINED = Question(
    id="untrained",
    group=Group.ASSESSMENT,
    term="未参训",
    text=Text(
        "哪些已覆盖的组织几年来没有人参加培训？", "Which covered organisations sent nobody to training for years?"
    ),
    remedy=Text("安排参加社会组织学院的下一期培训。", "Give it places in the next course of the college."),
    severity=Severity.MIDDLE,
    clauses=("J13",),
    anchor=about(Organization),
    tracks="R",
    scope=REGISTERED & OPERATING & COVERED,
    reasons={
        "none": Reason(
            Text("没有参训", "nobody took part"),
            ~TRAINING.some(
                TRAINING.other((_held >= before_today("untrained_years", "years")) & (_held <= today()))
                & ~Recorded(TRAINING.edge.person_times < 1)
            ),
        ),
    },
    evidence=(TRAINING,),
    needs=(COVER, TRAINING),
)
