"""What must be imported before a question can be asked? The needs that nothing meets, in words, with the types to bring in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graphmodel.declare import Edge, Element, Node
from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from graphmodel.text import Text
from queries.context import Context
from queries.needs import Needed, Needs, Those, groups, present, unmet
from queries.parts import walk
from queries.relations import Hop
from queries.values import Field, Flag, IsIn

_OR = Text("或", " or ")
_NO_DATA = Text("没有数据：还没有导入{what}。", "No data: never imported {what}.")
_HOW = Text(
    "请补：partygraph template 补.xlsx {types}，填好后 partygraph import 补.xlsx。",
    "To bring it in: partygraph template more.xlsx {types}, fill it in, then partygraph import more.xlsx.",
)
_NOT_KNOWN = Text("没有数据：所需内容尚未导入。", "No data: what it needs was never imported.")


@dataclass(frozen=True, slots=True)
class Lack:
    """A need that nothing in a network meets: what would meet it, in words, and the `types` whose rows that takes."""

    text: Text
    types: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """It as JSON values, both languages in it."""
        return {"types": list(self.types), "title": {"zh": self.text.zh, "en": self.text.en}}


def needs_in_words(needs: Needs) -> tuple[Text, ...]:
    """All that a question needs, whatever is there; where any of several will do they stand in one text."""
    return tuple(_any_of(group) for group in groups(needs))


def lacks(needs: Needs, context: Context) -> tuple[Lack, ...]:
    """Which needs nothing in the network meets. A relation takes its ends too, where there are none. Cost: as `present`."""
    return tuple(Lack(_any_of(group), _types(group, context)) for group in unmet(needs, present(context)))


def no_data(lacking: tuple[Lack, ...]) -> Text:
    """That a question has no data and what is lacking; the titles alone, for a narrow place."""
    return _NO_DATA.format(what=_joined(Text("；", "; "), [lack.text for lack in lacking])) if lacking else _NOT_KNOWN


def how_to_bring_in(lacking: tuple[Lack, ...]) -> Text | None:
    """By which commands what is lacking comes in; None where nothing is."""
    types = dict.fromkeys(name for lack in lacking for name in lack.types)
    return _HOW.format(types=" ".join(f"--type {name}" for name in types)) if lacking else None


def _any_of(group: tuple[Needed, ...]) -> Text:
    return _joined(_OR, [_title(needed) for needed in group])


def _joined(between: Text, texts: list[Text]) -> Text:
    return Text(between.zh.join(text.zh for text in texts), between.en.join(text.en for text in texts))


def _title(needed: Needed) -> Text:
    match needed:
        case Hop():
            return _of_hop(needed, ())
        case Those(hop, where):
            return _of_hop(hop, tuple(part for part in walk(where) if isinstance(part, IsIn)))
        case Flag(element, name):
            text = Text("{of}“{field}”（{type}.{name}）", "'{field}' of {of} ({type}.{name})")
            field = element.columns[name].title
            return text.format(of=_called(element), field=field, type=element.type_name, name=name)
    return Text("{title}（{name}）", "{title} ({name})").format(title=_called(needed), name=needed.type_name)


def _of_hop(hop: Hop, only: tuple[IsIn, ...]) -> Text:
    source, target = (hop.far, hop.near) if hop.side == "target" else (hop.near, hop.far)
    text = Text("{title}（{name}：{source} → {target}", "{title} ({name}: {source} → {target}")
    said = [_said(one) for one in only]
    ends = text.format(
        title=hop.edge_type.title, name=hop.edge_type.type_name, source=source.title, target=target.title
    )
    return Text(ends.zh + "".join(one.zh for one in said) + "）", ends.en + "".join(one.en for one in said) + ")")


def _said(asked: IsIn) -> Text:
    """The condition on a field of choices, in the schema's words."""
    assert isinstance(asked.value, Field)
    column = asked.value.element.columns[asked.value.name]
    titles = {member.value: member.title for member in column.choices or ()}
    words = [titles.get(word, Text(word, word)) for word in asked.words]
    return Text("，{field}为{words}", ", {field} {words}").format(field=column.title, words=_joined(_OR, words))


def _called(element: type[Element]) -> Text:
    return (NODE_TYPES | EDGE_TYPES)[element.type_name].title


def _types(group: tuple[Needed, ...], context: Context) -> tuple[str, ...]:
    """The types whose rows meet a need, nodes before the relations that join them."""
    found = [name for needed in group for name in _types_of(needed, context)]
    return tuple(sorted(dict.fromkeys(found), key=lambda name: name in EDGE_TYPES))


def _types_of(needed: Needed, context: Context) -> list[str]:
    match needed:
        case Those(hop, _):
            return _types_of(hop, context)
        case Flag(element, _):
            return [element.type_name]
        case Hop(edge, near, far):
            return [*_absent([(near, far)], context), edge.type_name]
    if issubclass(needed, Edge):
        return [*_absent(needed.pairs, context), needed.type_name]
    return [needed.type_name]


def _absent(pairs: Any, context: Context) -> list[str]:
    """The ends of which there are no nodes, where none of the pairs has both."""
    empty: list[type[Node]] = [end for pair in pairs for end in pair if not len(context.network[end])]
    both = any(not set(pair) & set(empty) for pair in pairs)
    return [] if both else [end.type_name for end in empty]
