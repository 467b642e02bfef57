from graphmodel.schema.edges import Instructs
from graphmodel.schema.nodes import InstructorPost
from graphmodel.schema.units import UNITS
from graphmodel.text import Text
from queries.beside import Beside, names, number
from queries.given import policy
from queries.guidance import POST_SERVES, load, served
from queries.logic import EVERY
from queries.question import Group, Question, Reason, Severity, about

# over is over the policy's number, whatever capacity a post states; planners use the capacity
INSTRUCTOR_LOAD = Question(
    id="instructor-load",
    group=Group.GUIDANCE,
    term="指导员负荷",
    text=Text(
        "哪些指导员岗位联系的组织过多，哪些空置？", "Which instructor posts look after too many organisations, or none?"
    ),
    remedy=Text(
        "把超出部分转给同站空余岗位，给空置岗位派任务。",
        "Hand what is over to posts of the station with room, and give idle posts work.",
    ),
    severity=Severity.MIDDLE,
    clauses=("J11", "N12"),
    anchor=about(InstructorPost),
    tracks=None,
    scope=EVERY,
    reasons={
        "over": Reason(
            Text("联系家数超限", "too many organisations"), load(POST_SERVES) > policy("instructor_max_load")
        ),
        "idle": Reason(Text("空置", "looks after none"), load(POST_SERVES) < 1),
    },
    columns=("post_source", "capacity"),
    beside={
        "load": Beside(Text("联系家数", "organisations looked after"), number(load(POST_SERVES)), UNITS),
        "served": Beside(Text("联系的组织", "which"), names((POST_SERVES, served(POST_SERVES)))),
    },
    evidence=(POST_SERVES,),
    needs=(Instructs,),
)
