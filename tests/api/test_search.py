"""Search as people type: a part of a name, another name, a code, pinyin, initials."""

import datetime as dt

import polars as pl
import pytest

from api.search import find
from graphmodel.network import Network, Stamp
from graphmodel.tables import conform

ORGANIZATIONS = [
    {"id": "usc:51510104M101458013", "name": "锦江区金苗商会", "aliases": "金苗", "credit_code": "51510104M101458013"},
    {"id": "usc:2", "name": "锦江区长者银行研究会", "aliases": None, "credit_code": None},
    {"id": "usc:3", "name": None, "aliases": "无名会", "credit_code": None},
    {"id": "usc:4", "name": "ABC公益中心", "aliases": None, "credit_code": None},
]
STREETS = [{"id": "510104022", "name": "金苗", "code": "510104022"}]


@pytest.fixture(scope="module")
def network() -> Network:
    tables = {
        "Organization": conform("Organization", pl.DataFrame(ORGANIZATIONS)),
        "Street": conform("Street", pl.DataFrame(STREETS)),
    }
    return Network.from_tables(tables, Stamp(1, dt.date(2016, 6, 12)))


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("长者", ["usc:2"]),
        ("zhangzhe", ["usc:2"]),  # 长 is read zhang in 长者, by the phrase
        ("yinhang", ["usc:2"]),  # and 行 hang in 银行
        ("Zhang Zhe Yin Hang", ["usc:2"]),
        ("jjqzzyh", ["usc:2"]),
        ("无名", ["usc:3"]),
        ("abc", ["usc:4"]),
        ("ＡＢＣ", ["usc:4"]),
        ("51510104m1014", ["usc:51510104M101458013"]),
        ("510104022", ["510104022"]),
        ("金苗", ["510104022", "usc:51510104M101458013"]),  # called so, then holding it
        ("没有这样的", []),
    ],
)
def test_what_a_text_may_mean(network: Network, text: str, ids: list[str]) -> None:
    assert find(network, text)["id"].to_list() == ids


def test_types_and_limits(network: Network) -> None:
    assert find(network, "", ("Organization",))["id"].to_list() == ["usc:4", "usc:51510104M101458013", "usc:2", "usc:3"]
    assert find(network, "", limit=1).height == 1
    assert find(network, "金苗", ("Authority",)).height == 0
    assert find(Network.from_tables({}, Stamp(0, dt.date(1970, 1, 1))), "金").height == 0
