"""Commands for those who keep the installation: check, completion."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from click.shell_completion import get_completion_class

from api.cli import Session, both, command
from api.documents import out_of_step, write_all
from api.terminal import UNSOUND
from graphmodel.policy import available, load_default
from graphmodel.text import Refusal, Text
from queries.registry import catalogue

ROOT = Path(__file__).parent.parent.parent
_NO_DOCUMENTS = Text(
    "这个安装不含文档（docs/），无从核对。", "This installation has no documents (docs/), so none were compared."
)


@command(
    "check",
    "检查安装：政策、问题目录、由代码生成的文档",
    "check the installation: policies, catalogue, documents made from the code",
    ("partygraph check", "partygraph check --write"),
)
@click.option("--write", is_flag=True, help=both("重新生成文档", "write the documents anew"))
def check(session: Session, *, write: bool) -> None:
    """Load everything that is declared, and compare the generated documents."""
    terminal = session.terminal
    questions, parameters = len(catalogue()), len(load_default().versions)
    has_documents = (ROOT / "docs").is_dir()
    if write and not has_documents:
        raise Refusal(_NO_DOCUMENTS, Text("请在源代码目录中运行。", "Run it in the source tree."), code="no-documents")
    if write:
        write_all(ROOT)
    late = out_of_step(ROOT) if has_documents else []
    terminal.give(
        {"questions": questions, "parameters": parameters, "policies": list(available()), "out_of_step": late}
    )
    counted = Text("{q} 个问题、{p} 个政策参数均可载入。", "{q} questions and {p} policy parameters load.")
    terminal.say(counted.format(q=questions, p=parameters))
    if not has_documents:
        terminal.say(_NO_DOCUMENTS)
        return
    if late:
        names = ", ".join(late)
        text = Text(
            "这些文档已过时：{n}。请运行 partygraph check --write。", "Out of step: {n}. Run: partygraph check --write"
        )
        terminal.say(text.format(n=names), "bold red")
        sys.exit(UNSOUND)
    terminal.say(Text("文档与代码一致。", "The documents are in step with the code."), "green")


@command(
    "completion",
    "打印命令补全脚本",
    "print the script for shell completion",
    ('eval "$(partygraph completion bash)"',),
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(session: Session, shell: str) -> None:  # noqa: ARG001  # every command is given the session
    """Print the completion script of a shell."""
    kind = get_completion_class(shell)
    assert kind is not None
    root = click.get_current_context().find_root().command
    click.echo(kind(root, {}, "partygraph", "_PARTYGRAPH_COMPLETE").source())
