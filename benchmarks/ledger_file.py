"""How does a staff ledger of any size look? The generated network's organisations in the staff's columns, as CSV or workbook."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import xlsxwriter

from benchmarks.networks import STAMP
from graphmodel import choices
from graphmodel.declare import Choice
from graphmodel.network import Network
from graphmodel.tables import Tables

LEDGER, REGISTER = "社会组织党建台账", "基本信息"
BRANCHES = ("standalone", "joint", "functional")
PLACES = ("Street", "Community", "Authority", "PartyOrganization", "PART_OF")


def write_ledger(tables: Tables, folder: Path, ending: str) -> list[Path]:
    """The ledger and its second sheet: two files of CSV, or one .xlsx with both sheets.

    The streets, communities, authorities and superiors that it names are those of `bodies`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sheets = {LEDGER: _ledger(tables), REGISTER: _register(tables)}
    if ending == ".csv":
        for name, frame in sheets.items():
            frame.write_csv(folder / f"{name}.csv", include_bom=True)
        return [folder / f"{name}.csv" for name in sheets]
    path = folder / f"{LEDGER}.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, frame in sheets.items():
            frame.write_excel(book, name)
    return [path]


def bodies(tables: Tables) -> Network:
    """What the district has beside its organisations: places, authorities, and the Party organisations above branches."""
    party = tables["PartyOrganization"].filter(~pl.col("form").is_in(BRANCHES) | pl.col("form").is_null())
    kept = {name: tables[name] for name in PLACES} | {"PartyOrganization": party}
    return Network.from_tables(kept, STAMP)


def _target(tables: Tables, edge: str, target: str, name: str) -> pl.DataFrame:
    """Of each organisation the first body at the other end: `id`, and its name as `name`."""
    ends = tables[edge].filter((pl.col("source_type") == "Organization") & (pl.col("target_type") == target))
    named = tables[target].select(
        pl.col("id").alias("target"), pl.col("name").alias(name), pl.col("id").alias(f"@{name}")
    )
    return (
        ends.join(named, on="target").select(pl.col("source").alias("id"), name, f"@{name}").unique("id", keep="first")
    )


def _places(tables: Tables) -> pl.DataFrame:
    community = _target(tables, "LOCATED_IN", "Community", "community")
    street = _target(tables, "LOCATED_IN", "Street", "street")
    over = tables["PART_OF"].select(pl.col("source").alias("@community"), pl.col("target").alias("@street"))
    names = tables["Street"].select(pl.col("id").alias("@street"), pl.col("name").alias("street"))
    by_community = community.join(over, on="@community").join(names, on="@street")
    return pl.concat([by_community.select("id", "street", "community"), street.select("id", "street")], how="diagonal")


def _branches(tables: Tables) -> pl.DataFrame:
    """Of each covered organisation the form, name, founding day and superior of its branch; actual ones only."""
    party = tables["PartyOrganization"]
    above = (
        tables["SUBORDINATE_TO"]
        .unique("source", keep="first")
        .join(party.select(pl.col("id").alias("target"), pl.col("name").alias("superior")), on="target")
    )
    told = party.filter(pl.col("form").is_in(BRANCHES)).join(
        above.select(pl.col("source").alias("id"), "superior"), on="id", how="left"
    )
    covers = tables["COVERS"].filter(pl.col("state") == "actual").unique("target", keep="first")
    return covers.join(told, left_on="source", right_on="id").select(
        pl.col("target").alias("id"), pl.col("form").cast(pl.String), pl.col("name").alias("branch"), "founded_on", "superior"
    )  # fmt: skip


def _ledger(tables: Tables) -> pl.DataFrame:
    rows = (
        tables["Organization"]
        .join(_target(tables, "LICENSED_BY", "Authority", "authority"), on="id", how="left")
        .join(_branches(tables), on="id", how="left")
    )
    form = pl.col("form")
    return rows.select(
        pl.col("name").alias("社会组织名称"),
        pl.coalesce("credit_code", "registration_number").alias("登记证号"),
        pl.when(pl.col("registration") == "direct")
        .then(pl.lit("直接登记"))
        .otherwise("authority")
        .alias("业务主管单位"),
        pl.col("staff").alias("从业人员数"),
        pl.when(form.is_null()).then(pl.lit("否")).otherwise(pl.lit("是")).alias("党组织设置"),
        form.replace_strict(
            {"standalone": "党支部", "joint": "联合支部", "functional": "临时党支部"}, default=None
        ).alias("组织建制"),
        pl.col("founded_on").dt.strftime("%Y.%-m").alias("建立党组织时间"),
        pl.col("superior").alias("审批单位"),
        pl.col("members").alias("党员人数"),
        pl.col("members_here").alias("组织关系/在社会组织"),
        *(_tick(column).alias(f"群团组织组建情况/{word}") for column, word in _MASSES),
        pl.when(form == "joint").then("branch").alias("联合支部名称"),
    )


_MASSES = (("union", "工会"), ("youth_league", "共青团"), ("womens_federation", "妇联"))


def _tick(column: str) -> pl.Expr:
    return pl.col(column).replace_strict({True: "√", False: "否"}, default=None, return_dtype=pl.String)


def _words(column: str, kind: type[Choice]) -> pl.Expr:
    titles = {choice.value: choice.title.zh for choice in kind}
    return pl.col(column).cast(pl.String).replace_strict(titles, default=None, return_dtype=pl.String)


def _register(tables: Tables) -> pl.DataFrame:
    rows = tables["Organization"].join(_places(tables), on="id", how="left")
    return rows.select(
        pl.col("name").alias("社会组织名称"),
        pl.col("credit_code").alias("统一社会信用代码"),
        pl.col("registration_number").alias("登记证号"),
        _words("track", choices.Track).alias("登记备案"),
        _words("category", choices.Category).alias("五类"),
        _words("legal_form", choices.LegalForm).alias("法律形式"),
        pl.col("industry").alias("行业"),
        pl.col("street").alias("街道"),
        pl.col("community").alias("社区"),
        _words("status", choices.Status).alias("状态"),
        pl.col("registered_on").alias("成立登记日期"),
        _words("registration", choices.Registration).alias("管理方式"),
        pl.col("grade").alias("评估等级"),
        pl.col("grade_year").alias("评估年度"),
        pl.col("full_members").alias("正式党员数"),
        pl.col("probationary_members").alias("预备党员数"),
        pl.col("members_elsewhere").alias("组织关系在外党员数"),
    )
