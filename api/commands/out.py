"""Commands that bring data out: report, draw, export."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import click
import polars as pl

from api import plans
from api.case_terminal import show_cases
from api.casework import judged_question
from api.cli import Session, both, command
from api.commands.asking import DAY, ENGINE, QUESTION_NAME, refuse_later
from api.examples import label_of
from api.naming import not_found
from api.outputs import EXPORTS, REPORT_FILES, refuse_ending, refuse_existing, whole, write_report
from api.outputs import draw as draw_page
from api.policy_words import policy_changes
from api.terminal import Terminal
from graphmodel.declare import Node
from graphmodel.network import Network
from graphmodel.schema.nodes import Authority, Street
from graphmodel.text import Refusal, Text
from queries.lacking import lacks
from queries.pushed_down import Engine
from queries.question import Severity
from visualizations.board_selection import Filters
from visualizations.case_words import CASES, case_listing, counted, urgent
from visualizations.headline import figures
from visualizations.report import Report, compose, reads_restricted
from visualizations.report import without_members as network_without_members
from visualizations.styles import SIGNS
from visualizations.words import context_of, named

_STYLES = {Severity.HIGH: "red", Severity.MIDDLE: "yellow", Severity.ADVICE: "", Severity.PROJECT: "blue"}
_MOST_CASES = 20
_RATE_HEADS = {
    "title": Text("指标", "rate"),
    "rate": Text("比例", "share"),
    "part": Text("分子", "numerator"),
    "whole": Text("分母", "denominator"),
    "range": Text("可能的范围", "it may be"),
    "target": Text("目标", "target"),
    "short": Text("还差", "short"),
    "planned": Text("计划落实后", "after what is planned"),
}
_SUMMARY_HEADS = {
    "severity": Text("程度", "severity"),
    "id": Text("编号", "id"),
    "term": Text("术语", "term"),
    "total": Text("范围内", "in scope"),
    "gaps": Text("缺口", "gaps"),
    "rate": Text("占比", "share"),
    "cannot_tell": Text("待核实", "cannot tell"),
    "clauses": Text("依据", "clauses"),
}
_WITHOUT = click.option(
    "--without-members",
    "without_members",
    is_flag=True,
    help=both("不含党员人数及由其判定的问题", "leave out member counts and what they decide"),
)
_FORCE = click.option("--force", is_flag=True, help=both("覆盖已有文件", "overwrite files that are there"))
_LABEL = click.option("--label", help=both("标题下的说明，例如“上报版”", "a line under the title, such as 'as filed'"))


@command(
    "report",
    "生成报告：工作簿、可打印的网页、网络图",
    "make the report: a workbook, a page to print, a picture of the network",
    ("partygraph report", "partygraph report --out 六月报告 --since 1", "partygraph report --set strict_cover=true"),
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help=both("存放的文件夹", "folder to write to")
)
@click.option("--revision", type=int, help=both("报某一版", "report an earlier revision"))
@click.option("--since", type=int, help=both("与较早的一版比较", "compare with an earlier revision"))
@click.option("--day", type=DAY, help=both("以某日为今天", "take this day as today"))
@click.option("--set", "changes", multiple=True, metavar="参数=值", help=both("改用其他阈值", "with another threshold"))
@ENGINE
@_LABEL
@_WITHOUT
@_FORCE
def report(
    session: Session,
    *,
    out: Path | None,
    revision: int | None,
    since: int | None,
    day: dt.datetime | None,
    changes: tuple[str, ...],
    engine: Engine,
    label: str | None,
    without_members: bool,
    force: bool,
) -> None:
    """Ask the whole catalogue, print the summary, write the files."""
    terminal = session.terminal
    if out is not None:
        refuse_ending(out, "")
    with session.open() as workspace:
        policy, today = policy_changes(changes), day.date() if day else None
        context = workspace.context(revision, today, **policy)
        earlier = None if since is None else workspace.context(since, today, **policy)
        refuse_later(context, [earlier] if earlier else [])
        stamp = context.network.stamp
        folder = out or Path("out") / f"report-{stamp.as_of}-r{stamp.revision}"
        refuse_existing([folder / name for name in REPORT_FILES], force=force)
        with terminal.progress() as step:
            made = workspace.report(context, step, engine, earlier=earlier, include_restricted=not without_members)
        said = _label(label) or label_of(workspace.revisions())
        standing = plans.open_plan(workspace) if stamp.revision == workspace.store.head else None
    if standing is not None:
        made = replace(made, notes=(standing.line,))
    _show(terminal, made)
    for note in made.notes:
        terminal.say(note)
    with terminal.progress() as step:
        written = write_report(made, folder, shown=terminal.shown, label=said, force=force, progress=step)
    _told(terminal, made, written)


def _label(text: str | None) -> Text | None:
    return Text(text, text) if text else None


def _show(terminal: Terminal, made: Report) -> None:
    if made.cases.height:
        sums, late = counted(made.cases), urgent(made.cases)
        terminal.say(Text(f"{CASES.zh}：{sums.zh}。", f"Cases: {sums.en}."), "bold")
        if late.height:
            show_cases(terminal, late, case_listing(late, context_of(made), terminal.word).frame, _MOST_CASES)
    found = figures(context_of(made))
    rates = [
        {
            "title": terminal.word(f.title),
            "rate": _percent(f.rate),
            "part": f.part,
            "whole": f.whole,
            "range": f"{_percent(f.share.lowest)}–{_percent(f.share.highest)}",
            "target": _percent(f.target),
            "short": f.short,
            "planned": _percent(f.then),
        }
        for f in found
    ]
    stamp = made.network.stamp
    title = Text("第 {r} 版，数据截至 {d}", "Revision {r}, as of {d}").format(r=stamp.revision, d=stamp.as_of)
    terminal.table(title, pl.DataFrame(rates), _RATE_HEADS, None)
    terminal.say(Text("{title}：{note}", "{title}: {note}").format(title=found[0].title, note=found[0].note), "dim")
    terminal.table(
        Text("缺口汇总", "Summary of gaps"), _summary(terminal, made), _SUMMARY_HEADS, None, _row_styles(made)
    )
    if n := sum(answer.no_data for answer in made.answers):
        terminal.say(_WITHOUT_DATA.format(n=n), "yellow")


_WITHOUT_DATA = Text(
    "{n} 个问题没有数据：缺什么、怎样补，见工作簿中各自的表，或用 partygraph ask 编号。",
    "{n} questions have no data: what each lacks, and how to bring it in, is told on its sheet and by partygraph ask ID.",
)


def _summary(terminal: Terminal, made: Report) -> pl.DataFrame:
    signs = {s.value: f"{SIGNS[s]} {terminal.word(s.title)}" for s in Severity}
    told = pl.when(pl.col("no_data")).then(pl.lit(terminal.word(Text("没有数据", "no data"))))
    share = pl.when(pl.col("rate").is_not_null()).then((pl.col("rate") * 100).round(1).cast(pl.String) + "%")
    terms = pl.Series([terminal.word(named(a.question)) for a in made.answers], dtype=pl.String)
    return made.summary.with_columns(
        terms.alias("term"), pl.col("severity").replace(signs), told.otherwise(share).alias("rate")
    ).select(*_SUMMARY_HEADS)  # fmt: skip


def _row_styles(made: Report) -> list[str]:
    return ["dim" if a.no_data or not (a.gaps or a.unknowns) else _STYLES[a.question.severity] for a in made.answers]


def _percent(rate: float | None) -> str | None:
    return None if rate is None else f"{rate:.1%}"


def _told(terminal: Terminal, made: Report, written: list[Path]) -> None:
    stamp = made.network.stamp
    rates = [
        {
            "title": {"zh": f.title.zh, "en": f.title.en}, "part": f.part, "whole": f.whole, "rate": f.share.rate,
            "lowest": f.share.lowest, "highest": f.share.highest, "target": f.target, "short": f.short,
            "planned": f.planned.rate,
        }
        for f in figures(context_of(made))
    ]  # fmt: skip
    terminal.give(
        {
            "revision": stamp.revision,
            "as_of": stamp.as_of,
            "policy": made.values.policy,
            "cases": urgent(made.cases).to_dicts(),
            "figures": rates,
            "summary": made.summary.to_dicts(),
            "lacking": {
                answer.question.id: [lack.as_json() for lack in lacks(answer.question.needs, context_of(made))]
                for answer in made.answers
                if answer.no_data
            },
            "written": [str(path) for path in written],
        }
    )
    for path in written:
        terminal.say(Text("已写出 {path}", "written: {path}").format(path=path), "green")


@command(
    "draw",
    "画出网络：一个可离线打开的网页",
    "draw the network: one page that opens offline",
    ("partygraph draw", "partygraph draw --street 柳江街道 --out 柳江.html", "partygraph draw --question uncovered"),
)
@click.option("--street", help=both("只画一个街道（名称或代码）", "one street alone, by name or code"))
@click.option("--authority", help=both("只画一个主管单位", "one authority's organisations alone"))
@click.option(
    "--question",
    "question_id",
    type=QUESTION_NAME,
    help=both("只画一个问题的缺口", "one question's gaps alone"),
)
@click.option("--revision", type=int, help=both("画某一版", "an earlier revision"))
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help=both(
        "写到的文件，默认 out/network-日期-r版本.html", "file to write, by default out/network-DAY-rREVISION.html"
    ),
)
@_LABEL
@_WITHOUT
@ENGINE
@_FORCE
def draw(
    session: Session,
    *,
    street: str | None,
    authority: str | None,
    question_id: str | None,
    revision: int | None,
    out: Path | None,
    label: str | None,
    without_members: bool,
    engine: Engine,
    force: bool,
) -> None:
    """Write one page."""
    terminal = session.terminal
    if out is not None:
        refuse_ending(out, ".html")
    asked = judged_question(question_id) if question_id else None
    if without_members and asked is not None and reads_restricted(asked):
        raise _Restricted(named(asked))
    with session.open() as workspace:
        context = workspace.context(revision)
        stamp = context.network.stamp
        out = out or Path("out") / f"network-{stamp.as_of}-r{stamp.revision}.html"
        refuse_existing([out], force=force)
        with terminal.progress() as step:
            made = compose(
                context, progress=step, include_restricted=not without_members, asking=workspace.asking(engine)
            )
        said = _label(label) or label_of(workspace.revisions())
    network = made.network
    filters = Filters(
        street and _id_of(network, Street, street),
        authority and _id_of(network, Authority, authority),
        made.answer(asked.id) if asked else None,
    )
    draw_page(made, out, filters, shown=terminal.shown, label=said, force=force)
    terminal.give({"written": [str(out)]})
    terminal.say(Text("已写出 {path}", "written: {path}").format(path=out), "green")


class _Restricted(Refusal):
    """A picture without restricted fields was asked to show what they decide."""

    def __init__(self, term: Text) -> None:
        message = Text("“{term}”由不外传的字段判定。", "'{term}' is decided by fields that are not passed on.")
        hint = Text(
            "去掉 --without-members，或换一个问题。", "Leave out --without-members, or choose another question."
        )
        super().__init__(message.format(term=term), hint, code="restricted")


def _id_of(network: Network, element: type[Node], text: str) -> str:
    """The id of the one node whose id, name or alias is, or else begins with, the text. Errors: `Refusal`."""
    frame = network[element].frame
    exact = frame.filter(pl.any_horizontal(pl.col("id", "name", "aliases") == text))
    found = exact if exact.height else frame.filter(pl.col("name").str.contains(text, literal=True))
    if found.height == 1:
        return str(found["id"][0])
    if found.is_empty():
        raise not_found(network, element, text)
    names = "、".join(found["name"].drop_nulls().head(10))
    message = Text("没有唯一叫“{text}”的{title}：{names}", "No single {title} is called '{text}': {names}")
    hint = Text("写全名或标识。", "Give the full name or the id.")
    raise Refusal(message.format(text=text[:80], title=element.title, names=names), hint, code="not-one-node")


@command(
    "export",
    "导出数据：CSV 文件夹、工作簿、JSON、GraphML、GEXF、node-link JSON",
    "export the data: a folder of CSV, a workbook, JSON, GraphML, GEXF, node-link JSON",
    ("partygraph export 数据包 --format csv", "partygraph export 网络.gexf --format gexf --revision 3"),
)
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(tuple(EXPORTS)),
    help=both("格式（默认看文件名）", "format (by the name's ending)"),
)
@click.option("--revision", type=int, help=both("导出某一版", "an earlier revision"))
@_WITHOUT
@_FORCE
def export(
    session: Session, out: Path, *, form: str | None, revision: int | None, without_members: bool, force: bool
) -> None:
    """Write the whole network in one format."""
    terminal = session.terminal
    form = form or _by_ending(out)
    refuse_ending(out, EXPORTS[form].ending)
    refuse_existing([out], force=force)
    with session.open() as workspace:
        network = workspace.context(revision).network
    if without_members:
        network = network_without_members(network)
    with whole(out) as made:
        EXPORTS[form].write(network, made)
    terminal.give({"written": [str(out)], "format": form, "revision": network.stamp.revision})
    terminal.say(Text("已写出 {path}", "written: {path}").format(path=out), "green")


def _by_ending(out: Path) -> str:
    endings = {export.ending: form for form, export in reversed(EXPORTS.items())}  # .json is a bundle's
    form = endings.get(out.suffix.lower())
    if form is None:
        message = Text("从“{name}”看不出格式。", "The format cannot be told from '{name}'.").format(name=out.name[:80])
        hint = Text("请用 --format 指明：{all}", "Say which with --format: {all}").format(all=", ".join(EXPORTS))
        raise Refusal(message, hint, code="unknown-format")
    return form
