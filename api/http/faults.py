"""Why is a part of a request wrong? What the checker says in English, said in Chinese where the reader prefers it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphmodel.text import Language

_WHY = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这一项",
    "given_twice": "只能给一次",
    "entity_tag": '实体标签须加引号，写作 "7" 或 W/"9f86d0"，多个以逗号隔开；或只写 *',
    "value_error": "{error}",
    "json_invalid": "不是有效的 JSON：{error}",
    "no_flag": "不得为 true 或 false",
    "not_utf8": "不是 UTF-8 编码",
    "too_deep": "嵌套过深",
    "json_type": "不是有效的 JSON",
    "string_type": "须为文字",
    "string_too_short": "至少 {min_length} 个字符",
    "string_too_long": "至多 {max_length} 个字符",
    "string_unicode": "不是有效的 Unicode 文字",
    "int_type": "须为整数",
    "int_parsing": "须为整数",
    "int_parsing_size": "整数过大",
    "int_from_float": "须为整数",
    "float_type": "须为数字",
    "float_parsing": "须为数字",
    "finite_number": "须为有限的数字",
    "greater_than": "须大于 {gt}",
    "greater_than_equal": "不得小于 {ge}",
    "less_than": "须小于 {lt}",
    "less_than_equal": "不得大于 {le}",
    "literal_error": "须为 {expected} 之一",
    "enum": "须为 {expected} 之一",
    "bool_type": "须为 true 或 false",
    "bool_parsing": "须为 true 或 false",
    "date_type": "须为日期，写作 2016-06-12",
    "date_parsing": "须为日期，写作 2016-06-12",
    "date_from_datetime_parsing": "须为日期，写作 2016-06-12",
    "date_from_datetime_inexact": "须为日期，不带时刻",
    "list_type": "须为列表",
    "dict_type": "须为对象",
    "model_type": "须为对象",
    "model_attributes_type": "须为对象",
    "too_short": "至少 {min_length} 项",
    "too_long": "至多 {max_length} 项",
}
"""By the checker's type of error; in braces what the checker says of it."""


def why(error: Mapping[str, Any], language: Language) -> str:
    """What is wrong with one part; an error that has no words here is told as the checker tells it."""
    told: str = error["msg"]
    known = _WHY.get(error["type"])
    if language == "en" or known is None:
        return told
    return known.format_map(error.get("ctx") or {})
