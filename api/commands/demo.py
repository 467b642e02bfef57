"""The main job on the generated example: a ledger in, gaps, workbook and pictures out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click
from click.core import ParameterSource

from api.cli import Session, both, command
from api.commands.out import report
from api.examples import BUNDLE, DAY, LABEL, LEDGER, SOURCE, label_of
from api.imports import Import, NotEmpty, propose
from api.workspace import ACTOR
from graphmodel.text import Refusal, Text


@command(
    "demo",
    "导入生成的示例区，打印报告，写出工作簿、可打印网页和网络图；写明 --workspace 时存入那个空的工作区",
    "import the generated example, print the report, write workbook, printable page and picture; into an empty workspace that --workspace names",
    ("partygraph demo", "partygraph demo --out 演示", "partygraph --workspace 试用 demo"),
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path("out/demo"), show_default=True,
    help=both("存放的文件夹", "folder to write to"),
)  # fmt: skip
def demo(session: Session, *, out: Path) -> None:
    """Bring the example into a workspace of its own, or an empty one that was named, and report on it."""
    terminal = session.terminal
    if not (LEDGER.exists() and BUNDLE.exists()):
        message = Text("这个安装不含示例数据（examples/）。", "This installation has no example data (examples/).")
        hint = Text("请在源代码目录中运行，或导入自己的台账。", "Run it in the source tree, or import your own ledger.")
        raise Refusal(message, hint, code="no-example")
    terminal.say(LABEL, "bold yellow")
    terminal.say(Text("1/2 读取并导入示例……", "1/2 reading and importing the example …"), "dim")
    root = click.get_current_context().find_root()
    named = root.get_parameter_source("folder") is not ParameterSource.DEFAULT
    ours = replace(session, folder=session.folder if named else out / "workspace", store=None)
    with ours.open(create=True) as workspace:
        log = workspace.revisions()
        if log and label_of(log) is None:
            raise NotEmpty
        wanted = Import((LEDGER, BUNDLE), SOURCE, DAY, LABEL.both())
        with terminal.progress() as step:
            proposed = propose(workspace.network(), wanted, step)
        if not proposed.shown.changes.empty:
            with terminal.progress() as step:
                proposed.store(workspace, ACTOR, step)
    checked = proposed.taken.checked
    counted = Text(
        "读入 {read} 行 = 通过 {accepted} + 未通过 {rejected}；社会组织 {n} 家。",
        "{read} rows read = {accepted} accepted + {rejected} rejected; {n} organisations.",
    )
    rejected, n = checked.read - checked.accepted, checked.tables["Organization"].height
    terminal.say(counted.format(read=checked.read, accepted=checked.accepted, rejected=rejected, n=n))
    terminal.say(Text("2/2 回答全部问题，写出文件……", "2/2 asking all questions, writing the files …"), "dim")
    args = ["--out", str(out), "--force", "--lang", terminal.shown]
    report.main([*args, *(["--json"] if terminal.as_json else [])], obj=ours, standalone_mode=False)
    hint = Text(
        "继续：partygraph --workspace {ws} serve 打开网页，或 ask uncovered",
        "Go on: partygraph --workspace {ws} serve opens the pages; or ask uncovered",
    )
    terminal.say(hint.format(ws=ours.folder), "dim")
