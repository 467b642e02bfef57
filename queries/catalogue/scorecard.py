import polars as pl

from graphmodel.parameters import SHARE
from graphmodel.schema.units import POINTS, UNITS, YEAR
from graphmodel.text import Text
from queries.accountability import scorecard
from queries.breakdown import Dimension
from queries.context import Context
from queries.coverage import PARAMETERS as COVERAGE
from queries.facts import COVER
from queries.question import Group, Table, TableColumn
from queries.responsibility import PARAMETERS as RESPONSIBILITY
from queries.responsibility import RESTS_ON

_GAPS, _CASES, _PLACE = Text("个缺口", "gaps"), Text("件", "cases"), Text("名", "place")


def _since(earlier: Context, context: Context, *_: Context) -> pl.DataFrame:
    return scorecard(context, earlier)


SCORECARD = Table(
    id="scorecard",
    group=Group.ACCOUNTABILITY,
    term="述职评议单",
    text=Text(
        "各主管单位、各街道的覆盖、缺口和整改进展如何？",
        "How do authorities and streets stand: coverage, gaps by severity, what opened, closed and is overdue?",
    ),
    clauses=("J18",),
    tracks="RF",
    columns={
        "kind": TableColumn(Text("单位类型", "kind"), choices=Dimension),
        "id": TableColumn(Text("标识", "identifier")),
        "name": TableColumn(Text("单位", "body")),
        "organisations": TableColumn(Text("所管组织", "organisations in its care"), UNITS),
        "denominator": TableColumn(Text("覆盖率分母", "denominator of the rate"), UNITS),
        "covered": TableColumn(Text("已覆盖", "covered"), UNITS),
        "coverage_rate": TableColumn(Text("覆盖率", "coverage rate"), SHARE),
        "coverage_lowest": TableColumn(Text("覆盖率下限", "lowest it may be"), SHARE),
        "coverage_highest": TableColumn(Text("覆盖率上限", "highest it may be"), SHARE),
        "rank": TableColumn(Text("同类名次", "rank within its kind"), _PLACE),
        "high": TableColumn(Text("最重为高的组织", "organisations whose gravest gap is high"), UNITS),
        "middle": TableColumn(Text("最重为中的组织", "organisations whose gravest gap is middle"), UNITS),
        "advice": TableColumn(Text("最重为建议的组织", "organisations whose gravest gap is advice"), UNITS),
        "opened": TableColumn(Text("期间新增", "opened since"), _GAPS),
        "closed": TableColumn(Text("期间销号", "closed since"), _GAPS),
        "overdue": TableColumn(Text("逾期未整改", "overdue"), _CASES),
        "review_year": TableColumn(Text("最近考核年度", "year of the last review"), YEAR),
        "review_score": TableColumn(Text("最近考核得分", "score of the last review"), POINTS),
    },
    build=scorecard,
    compare=_since,
    parameters=("scorecard_min_denominator", *dict.fromkeys((*COVERAGE, *RESPONSIBILITY))),
    needs=(RESTS_ON, COVER),
)
