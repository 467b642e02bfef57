"""The shell `partygraph`: options that every command shares, and how commands are found."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec

import click

from api.terminal import Shown, Terminal
from api.usage import WrongUse, asked_for
from api.workspace import Workspace
from graphmodel.text import Refusal, Text

P = ParamSpec("P")
_WORDS = "partygraph.words"
_UNFORESEEN = 1  # exit code of a fault of the program itself
_OURS = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Session:
    """What a call of the shell was asked with."""

    folder: Path
    store: str | None
    policy: Path | None
    terminal: Terminal
    debug: bool = False

    def open(self, *, create: bool = False) -> Workspace:
        """The workspace; close it, or use it in a `with` block. Parameters and errors: as of `Workspace`.

        With `create`, one that is not there yet is made with the first write: who writes nothing leaves nothing behind.
        """
        return Workspace(self.folder, store=self.store, policy=self.policy, create=create, provisional=create)


_HELP: dict[str, Text] = {}
_SHOWN: ContextVar[Shown] = ContextVar("shown", default="both")


def both(zh: str, en: str) -> str:
    """A help text in both languages, Chinese first; help asked for in one language shows that one."""
    text = Text(zh, en)
    return _HELP.setdefault(text.both(), text).both()


class _Helping(click.HelpFormatter):
    """Writes help in the language asked for."""

    def write_text(self, text: str) -> None:
        """Click's own, in one language where one is asked for."""
        super().write_text(_said(text))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Click's own, in one language where one is asked for."""
        super().write_dl([(first, _said(second)) for first, second in rows], col_max, col_spacing)


click.Context.formatter_class = _Helping


def _said(text: str) -> str:
    shown = _SHOWN.get()
    if shown != "both":
        for known in sorted(_HELP, key=len, reverse=True):
            text = text.replace(known, _HELP[known].in_language(shown))
    return text


def command(
    name: str, zh: str, en: str, examples: tuple[str, ...] = ()
) -> Callable[[Callable[Concatenate[Session, P], None]], click.Command]:
    """Declare a command: its help in both languages with examples, `--json` and `--lang`, refusals as exit codes."""

    def declare(function: Callable[Concatenate[Session, P], None]) -> click.Command:
        @wraps(function)
        @click.pass_obj
        def run(session: Session, /, *args: Any, as_json: bool, lang: Shown | None, **options: Any) -> None:
            terminal = session.terminal
            terminal = replace(terminal, as_json=as_json or terminal.as_json, shown=lang or terminal.shown)
            try:
                function(replace(session, terminal=terminal), *args, **options)
            except Refusal as refusal:
                sys.exit(terminal.refuse(refusal))
            except BrokenPipeError:
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            except (click.ClickException, click.Abort, click.exceptions.Exit):
                raise
            except Exception as fault:
                if session.debug:
                    raise
                terminal.refuse(_unforeseen(fault))
                sys.exit(_UNFORESEEN)

        made = click.command(name, help=both(zh, en), short_help=both(zh, en), epilog=_shown(examples))(run)
        made.params += [
            click.Option(["--json", "as_json"], is_flag=True, help=both("以 JSON 输出", "print JSON")),
            click.Option(["--lang"], type=click.Choice(["zh", "en", "both"]), help=both("显示语言", "languages shown")),
        ]
        return made

    return declare


def _unforeseen(fault: Exception) -> Refusal:
    """What is said of a fault of the program itself: its kind and where, not its words, which may quote data."""
    frames = traceback.extract_tb(fault.__traceback__)
    place = [frame for frame in frames if _is_ours(Path(frame.filename))][-1]
    where = f"{type(fault).__name__}, {Path(place.filename).name}:{place.lineno}"
    message = Text(
        "程序遇到没有料到的错误（{where}），已经停下；数据不会只写一半：写了什么，见 partygraph history。",
        "The program met a fault that was not foreseen ({where}) and stopped; nothing is stored by half. partygraph history shows what was written.",
    )
    hint = Text(
        "请检查文件能否正常打开，另存后再试；仍然如此，请把这条信息交给维护者，用 partygraph --debug 可看详情（其中可能有数据）。",
        "See that the file opens, save it anew and try again. If it stays so, give this message to the maintainers; "
        "partygraph --debug shows the details, which may quote data.",
    )
    return Refusal(message.format(where=where), hint, code="unforeseen")


def _is_ours(file: Path) -> bool:
    return file.is_relative_to(_OURS) and "site-packages" not in file.relative_to(_OURS).parts


class _WithDefault(click.Group):
    """A group that runs one of its commands where none is named."""

    default: str | None = None

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The arguments as click wants them, the default command named."""
        named = args and (not args[0].startswith("-") or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if named or self.default is None else [self.default, *args])


def group(name: str, zh: str, en: str, examples: tuple[str, ...], default: str | None = None) -> click.Group:
    """Declare a command that has commands of its own: add them by `add_command`; `default` runs where none is named."""
    made = _WithDefault(name, help=both(zh, en), short_help=both(zh, en), epilog=_shown(examples))
    made.default = default
    return made


def _shown(examples: tuple[str, ...]) -> str | None:
    lines = "\n".join(f"  {example}" for example in examples)
    return f"\b\n{both('例', 'Examples')}:\n{lines}" if examples else None


HOMES = {
    name: home
    for home, names in {
        "asking": "ask nodes path",
        "bringing_in": "import template",
        "carrying_out": "apply confirm",
        "case_work": "cases",
        "checking": "check completion",
        "demo": "demo",
        "newcomer": "newcomer",
        "out": "draw export report",
        "past": "diff history undo verify",
        "deciding": "plan",
        "server": "cypher store",
        "serving": "serve users",
        "whatif": "whatif",
    }.items()
    for name in names.split()
}
"""Which module of `api/commands/` brings each command, a group with all of its own: only that one is loaded, since all take seconds."""


class Shell(click.Group):
    """The group whose commands lie in `HOMES`, and whose usage errors speak both languages."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Click's own, remembering the words that it parses."""
        words = tuple(args)
        _SHOWN.set(asked_for(words, Terminal()).shown)
        try:
            made = super().make_context(info_name, args, parent, **extra)
        except click.exceptions.NoArgsIsHelpError:
            raise  # `partygraph` alone
        except click.UsageError as fault:
            raise WrongUse(fault, asked_for(words, Terminal())) from fault
        made.meta[_WORDS] = words
        return made

    def invoke(self, ctx: click.Context) -> Any:
        """Click's own; commands are parsed inside it."""
        try:
            return super().invoke(ctx)
        except click.exceptions.NoArgsIsHelpError:
            raise
        except click.UsageError as fault:
            session: Session | None = ctx.obj
            raise WrongUse(fault, asked_for(ctx.meta[_WORDS], session.terminal if session else Terminal())) from fault

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """Names of all commands, in alphabetical order."""
        return sorted(HOMES)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Click's own, which looks for what is near a name that is none among commands that are loaded alone."""
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as fault:
            names = self.list_commands(ctx)
            raise click.exceptions.NoSuchCommand(fault.command_name, possibilities=names, ctx=ctx) from fault

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click's signature
        """One command by name."""
        return _home(HOMES[cmd_name])[cmd_name] if cmd_name in HOMES else None


def _home(name: str) -> dict[str, click.Command]:
    """The commands of one module of `api/commands/`, by name."""
    module = importlib.import_module(f"api.commands.{name}")
    return {value.name or "": value for value in vars(module).values() if isinstance(value, click.Command)}


@click.group(
    cls=Shell,
    help=both(
        "社会组织党建网络：台账进，缺口、方案与图出。",
        "Party-building network of social organisations: ledgers in; gaps, plans and pictures out.",
    ),
    epilog=(
        "\n  ".join(
            [
                f"\b\n{both('退出码', 'Exit codes')}:",
                f"0 {both('完成', 'done')}",
                f"1 {both('程序出错', 'a fault of the program')}",
                f"2 {both('命令或选项写错', 'a wrong command or option')}",
                f"3 {both('名称、文件或数据被拒', 'a name, file or data refused')}",
                f"4 {both('他人已改动', 'somebody else wrote')}",
                f"5 {both('校验不符', 'unsound')}",
                f"10 {both('有缺口（仅 ask --fail-on-gap）', 'gaps found (ask --fail-on-gap alone)')}",
            ]
        )
    ),
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "PARTYGRAPH"},
)
@click.option(
    "--workspace",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("workspace"),
    show_default=True,
    help=both("工作区文件夹", "folder of the workspace"),
)
@click.option("--store", help=both("其他数据库地址", "address of another store"))
@click.option(
    "--policy",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=both("其他政策文件", "another policy file"),
)
@click.option("--json", "as_json", is_flag=True, help=both("以 JSON 输出", "print JSON"))
@click.option(
    "--lang", type=click.Choice(["zh", "en", "both"]), default="both", help=both("显示语言", "languages shown")
)
@click.option("--debug", is_flag=True, help=both("程序出错时显示详情", "show the traceback of a fault of the program"))
@click.version_option(package_name="partygraph")
@click.pass_context
def main(
    ctx: click.Context, folder: Path, store: str | None, policy: Path | None, *, as_json: bool, lang: Shown, debug: bool
) -> None:
    """Remember what was asked; the docstring's place is taken by `help` above."""
    ctx.obj = Session(folder, store, policy, Terminal(lang, as_json), debug)
