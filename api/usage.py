"""What was wrong with a call of the shell? click's usage errors, said in both languages or as JSON, with exit code 2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import IO, Any, get_args

import click

from api.terminal import Shown, Terminal
from graphmodel.declare import Choice
from graphmodel.text import Refusal, Text
from loaders.errors import printable

_MISSING = {
    "option": Text("缺少选项 {name}。", "The option {name} is missing."),
    "argument": Text("缺少参数 {name}。", "The argument {name} is missing."),
}
_OPTION = Text("没有选项 {name}。", "There is no option {name}.")
_COMMAND = Text("没有命令“{name}”。", "There is no command '{name}'.")
_BAD = Text("{name} 的值不对：{wanted}", "The value of {name} is wrong: {wanted}")
_TOO_MANY = "Got unexpected extra argument"  # click has no class of its own for it
_NEAR = Text("是不是 {near}？", "Is it {near}?")
_HELP = Text("用法见 {path} --help。", "For its use see {path} --help.")


class Misuse(click.UsageError):
    """A call that no single option or argument makes wrong; `text` says what is, in both languages."""

    def __init__(self, text: Text, ctx: click.Context | None = None) -> None:
        super().__init__(text.both(), ctx)
        self.text = text


class OneOf(click.Choice[str]):
    """One of the words of an enumeration: as stored, or as it is called in either language."""

    def __init__(self, kinds: type[Choice]) -> None:
        super().__init__(kinds.values())
        self.kinds = kinds

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The stored value. Errors: click's own."""
        return super().convert(self.kinds.synonyms().get(str(value).strip().lower(), value), param, ctx)

    @property
    def words(self) -> list[str]:
        """What may be written, each with its title."""
        return [f"{kind.title.zh} {kind.value}" for kind in self.kinds]


class WrongUse(click.UsageError):
    """A usage error of click that shows itself as the shell's refusals do.

    Parameters: `fault` click's own; `terminal` in which languages, or whether as JSON.
    """

    def __init__(self, fault: click.UsageError, terminal: Terminal) -> None:
        super().__init__(fault.message, fault.ctx)
        self.terminal, self.refusal = terminal, _refusal(fault)

    def show(self, file: IO[Any] | None = None) -> None:  # noqa: ARG002  # click's signature
        """Say it as any refusal is said."""
        self.terminal.refuse(self.refusal)


def asked_for(args: Sequence[str], terminal: Terminal) -> Terminal:
    """The terminal as these arguments ask for it, which could not be parsed."""
    told = list(args[: args.index("--")] if "--" in args else args)
    words = [word for one in told for word in (one.split("=", 1) if one.startswith("--lang=") else [one])]
    for flag, word in pairwise(words):
        if flag == "--lang" and word in get_args(Shown):
            terminal = replace(terminal, shown=word)  # type: ignore[arg-type]  # one of the Literal's words, as just seen
    return replace(terminal, as_json=terminal.as_json or "--json" in told)


def _refusal(fault: click.UsageError) -> Refusal:
    hint = _HELP.format(path=fault.ctx.command_path if fault.ctx else "partygraph")
    if near := getattr(fault, "possibilities", None):
        said = _NEAR.format(near=", ".join(near))
        hint = Text(f"{said.zh}{hint.zh}", f"{said.en} {hint.en}")
    return Refusal(_message(fault), hint, code="wrong-use")


def _message(fault: click.UsageError) -> Text:
    said = fault.message.rstrip(".") + "."
    if isinstance(fault, Misuse):
        return fault.text
    if isinstance(fault, click.NoSuchOption):
        return _OPTION.format(name=fault.option_name)
    if isinstance(fault, click.exceptions.NoSuchCommand):
        return _COMMAND.format(name=fault.command_name)
    if isinstance(fault, click.BadParameter) and fault.param is not None:
        name = _name(fault.param)
        if isinstance(fault, click.MissingParameter):
            return _MISSING[fault.param.param_type_name].format(name=name)
        return _BAD.format(name=name, wanted=Text(_wanted(fault.param.type, said), said))
    if isinstance(fault, click.BadOptionUsage):
        return _BAD.format(name=fault.option_name, wanted=Text("要么缺少值，要么不该有值。", said))
    if said.startswith(_TOO_MANY):
        return Text(f"多了参数：{said.removeprefix(_TOO_MANY).lstrip('s ')}", said)
    return Text(f"用法不对：{said}", f"Wrong use: {said}")


def _name(param: click.Parameter) -> Text:
    """An option as it is written; an argument as people call it, with the word that the help has for it."""
    if isinstance(param, click.Option):
        written = max(param.opts, key=len)
        return Text(written, written)
    plain = param.human_readable_name
    called = _ARGUMENTS.get(param.name or "")
    return Text(f"{called}（{plain}）" if called else plain, plain)


_ARGUMENTS = {
    "act": "“动作”",
    "end": "“终点”",
    "file": "“文件”",
    "name": "“名称”",
    "new": "“新的一版”",
    "old": "“旧的一版”",
    "out": "“写到哪里”",
    "paths": "“文件或文件夹”",
    "question": "“问题”",
    "revision": "“版本”",
    "shell": "“命令行程序”",
    "source": "“来源”",
    "start": "“起点”",
    "subject": "“对象”",
    "subjects": "“对象”",
    "target": "“目标”",
    "text": "“文字”",
    "what": "“哪几项”",
}


def _wanted(kind: click.ParamType[Any], said: str) -> str:
    """What a value has to be, in Chinese; `said` is what click says of it in English."""
    if isinstance(kind, OneOf):
        return f"可填 {'、'.join(kind.words)}。"
    if isinstance(kind, click.Choice):
        return f"可填 {'、'.join(map(str, kind.choices))}。"
    if isinstance(kind, click.DateTime):
        return "应为日期，如 2026-11-20。"
    if isinstance(kind, click.Path | click.File):
        path = said.partition("'")[2].rpartition("'")[0]
        why = next((zh for en, zh in _OF_PATHS.items() if en in said), "不能这样使用")
        return f"“{printable(path, 200)}”{why}。"
    return f"应为{_KINDS.get(kind.name, '可读的值')}。"


_OF_PATHS = {
    "No such file": "不存在，没有这个文件",
    "Is a directory": "是文件夹，这里要文件",
    "Permission denied": "不可读，请检查权限",
    "does not exist": "不存在，没有这个文件或文件夹",
    "is a directory": "是文件夹，这里要文件",
    "is a file": "是文件，这里要文件夹",
    "not readable": "不可读，请检查权限",
    "not writable": "不可写，请检查权限",
}
_KINDS = {"integer": "整数", "float": "数字", "boolean": "是或否（true、false）"}
