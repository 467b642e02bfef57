"""Which columns of a file hold data about persons? Judged by their headers and by the shape of their values.

Such columns are skipped, and left out of every file that goes back to the user; a notice names the column only.
"""

from __future__ import annotations

import re

import polars as pl

from graphmodel.personal import personal_shape
from graphmodel.text import Text
from loaders.errors import RowError

_LEAF = re.compile(
    r"姓名|电话|手机|身份证|政治面貌|联系方式|联系人|邮箱|邮件|微信|qq号?|出生|住址|家庭|籍贯|民族|学历|性别|职称|照片|"
    r"联络员|联络人|校长|园长|院长|秘书长|发起人|举办者|监事|理事|党员名单|党务工作者|支部委员|证件号|居民身份号码|护照|传真|座机|"
    r"phone|mobile|e-?mail|idcard|identitycard|wechat|birth|contact|^tel\b|secretary|legal_?representative|passport|"
    r"nameof(?:the)?(?:leader|head|director|chair|principal|instructor|person|manager)"
)
_PERSON = re.compile(
    r"(法定代表人|法人代表|法人|.*负责人|.*书记|.*理事长|.*会长|党建指导员|指导员|.*站长|登记人|填表人|经办人?|审核人|承办人|person)(姓名)?"
)
_OF_PERSON = re.compile(r"(社会组织|党内|原工作单位及)?(职务|专职|兼职|年龄|单位及职务|原工作单位.*)")
_LABEL = r"(填表人|填报人|制表人?|经办人|审核人|联系人|联系电话|负责人|法定代表人)\s*(\(?签[字章]\)?)?\s*[:：]"
_FEWEST, _SHARE = 3, 0.5
# at least eleven digits with up to two separators (no letters), or an at sign, in any width: what a personal shape needs
_SUSPECT = r"\pN(?:[^\pL\pN]{0,2}\pN){10}|[@＠﹫]"


def is_personal_header(header: str) -> bool:
    """Is this the header of a column about persons? Groups come first: 法定代表人/政治面貌, 党建指导员/姓名.

    The unit of an instructor (党建指导员/单位) is none, nor is a count such as 党员负责人数.
    """
    parts = [re.sub(r"\s+", "", part).lower() for part in header.split("/")]
    leaf, groups = parts[-1], parts[:-1]
    if _LEAF.search(leaf) or _PERSON.fullmatch(leaf):
        return True
    return bool(_OF_PERSON.fullmatch(leaf)) and any(_PERSON.fullmatch(group) for group in groups)


def personal_cells(text: pl.Series) -> pl.Series:
    """bool[n]: which texts hold personal data by their shape; only suspects are looked at closely."""
    suspects = text.str.contains(_SUSPECT).fill_null(value=False)
    if not suspects.any():
        return suspects
    found = personal_shape(text.filter(suspects))
    return suspects.scatter(suspects.arg_true(), found) if not found.all() else suspects


def is_personal_column(text: pl.Series) -> bool:
    """Do the values of this column look personal? At least half of the distinct ones, and three of them."""
    cells = personal_cells(text)
    if int(cells.sum()) < _FEWEST:
        return False
    personal = text.filter(cells).n_unique()
    return personal >= _FEWEST and personal >= _SHARE * text.drop_nulls().n_unique()


def without_personal(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame of texts as it may go back into a file: each cell of personal shape is blank.

    So is one that names a person behind a label (填表人：…), and the one beside a label that stands alone.
    """
    labels = {name: frame[name].str.contains(_LABEL).fill_null(value=False) for name in frame.columns}
    alone = {name: frame[name].str.contains(_LABEL + r"\s*$").fill_null(value=False) for name in frame.columns}
    return frame.select(
        pl.when(~(labels[name] | personal_cells(frame[name]) | (alone[before] if before else False)))
        .then(pl.col(name))
        .alias(name)
        for before, name in zip([None, *frame.columns], frame.columns, strict=False)
    )


def skipped_notice(file: str, sheet: str, column: str, cell: str | None = None) -> RowError:
    """The notice that a column with personal data was not read; it names the column only."""
    message = Text("这一列涉及个人信息，没有读取。", "This column holds personal data; it was not read.")
    hint = Text(
        "系统只记录组织，不记录个人，无需处理。", "Only organisations are recorded, never persons. Nothing to do."
    )
    return RowError(file, sheet, None, column, None, "personal-column", message, hint, cell)
