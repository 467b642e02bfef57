from graphmodel.schema.nodes import Project
from graphmodel.text import Text
from queries.assessment import BENEFITING, CONTRACTOR, FUNDED, PACKAGED, PARTY_CONTRACTOR, PROJECT, PURCHASE
from queries.question import Group, Question, Reason, Severity, about

PURCHASE_CHAIN_INCOMPLETE = Question(
    id="purchase-chain-incomplete",
    group=Group.ASSESSMENT,
    term="购买链条缺环",
    text=Text(
        "哪些政府购买项目缺少资金、打包单位、承接方或受益社区？",
        "Which government purchases lack a fund, a packaging centre, a contractor or a community that benefits?",
    ),
    remedy=Text("补齐所缺的一环后再拨付。", "Complete the chain before money is paid."),
    severity=Severity.MIDDLE,
    clauses=("J5",),
    anchor=about(Project),
    tracks=None,
    scope=PURCHASE,
    reasons={
        "fund": Reason(Text("没有资金来源", "no fund"), ~FUNDED.some()),
        "packaging": Reason(
            Text("应打包而无打包单位", "packaging is due, and nobody packages"),
            PROJECT.packaging_due & ~PACKAGED.some(),
        ),
        "contractor": Reason(Text("没有承接方", "no contractor"), ~CONTRACTOR.some() & ~PARTY_CONTRACTOR.some()),
        "benefits": Reason(Text("没有受益社区", "no community that benefits"), ~BENEFITING.some()),
    },
    columns=("amount", "year"),
    evidence=(FUNDED, PACKAGED, CONTRACTOR, BENEFITING),
    needs=(Project, FUNDED, PACKAGED, (CONTRACTOR, PARTY_CONTRACTOR), BENEFITING),
)
