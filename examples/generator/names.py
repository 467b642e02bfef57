"""How are generated organisations called? Words of place and trade put together; no person's and no firm's name."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

FIRST = "晨锦育启星蓝和安乐新春青明慧金百康益同思朗润善"
SECOND = "光程苗禾航帆心园海阳泽源桥林翼岚田舟"

SUFFIXES: dict[str, tuple[str, ...]] = {
    "民办教育": ("幼儿园", "幼儿园", "艺术培训学校", "外国语培训学校", "托管教育中心"),
    "职业培训": ("职业培训学校", "职业技能培训学校", "创业培训中心"),
    "医疗卫生": ("门诊部", "口腔门诊部", "中医门诊部", "康复医院", "社区卫生服务站"),
    "养老服务": ("养老服务中心", "居家养老服务中心", "日间照料中心"),
    "文化艺术": ("文化艺术中心", "民间艺术协会", "书画艺术促进会", "博物馆"),
    "体育健身": ("体育俱乐部", "健身协会", "羽毛球协会", "太极拳协会"),
    "法律服务": ("法律服务中心", "人民调解协会", "法律援助促进会"),
    "行业商会": ("商会", "行业协会", "企业联合会"),
    "科学技术": ("科技促进会", "科普服务中心", "技术创新协会"),
    "慈善救助": ("慈善会", "助困服务中心", "爱心救助中心"),
    "社区服务": ("社区服务中心", "社会工作服务中心", "社区发展促进会"),
    "志愿服务": ("志愿者协会", "志愿服务中心", "公益服务中心"),
    "生态环境": ("环保促进会", "园艺协会", "绿色生活服务中心"),
}
"""Industry → what its registered organisations are called."""

FILED: tuple[tuple[str, str, str], ...] = (
    ("邻里互助会", "社区服务", "service"),
    ("老年协会", "社区服务", "affairs"),
    ("志愿服务队", "志愿服务", "service"),
    ("居家养老互助社", "养老服务", "service"),
    ("舞蹈队", "文化艺术", "activity"),
    ("合唱团", "文化艺术", "activity"),
    ("太极拳队", "体育健身", "activity"),
    ("院落自治管理委员会", "社区服务", "affairs"),
    ("爱心帮扶社", "慈善救助", "charity"),
    ("纠纷调解工作室", "法律服务", "rights"),
    ("绿色家园社", "生态环境", "service"),
    ("书画社", "文化艺术", "activity"),
)
"""Suffix, industry and category of the filed organisations of a community."""

CATEGORY: dict[str, str] = {
    "行业商会": "affairs",
    "科学技术": "affairs",
    "文化艺术": "activity",
    "体育健身": "activity",
    "慈善救助": "charity",
    "法律服务": "rights",
}
"""Industry → category of a registered organisation; service otherwise (J1)."""

_ASSOCIATIONS = ("会",)


def legal_form(name: str) -> str:
    """Associations end in 会; what is called a foundation is one; all else is a private non-enterprise unit."""
    if name.endswith("基金会"):
        return "foundation"
    return "association" if name.endswith(_ASSOCIATIONS) else "private-unit"


def registered_names(rng: random.Random) -> Iterator[str]:
    """Words for registered organisations, each once, in random order; the trade's suffix is put behind."""
    words = ["".join(pair) for pair in itertools.product(FIRST, SECOND)]
    rng.shuffle(words)
    return (f"锦江区{word}" for word in words)
