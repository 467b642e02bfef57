"""Write a generated example: `python -m examples.generator --out DIR [--organizations N] [--seed S] [--day YYYY-MM-DD]`."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path

from examples.generator.build import DAY, SEED, example_district
from examples.generator.organizations import FILED, REGISTERED
from examples.generator.output import write_bundle, write_example
from examples.generator.scale import tables


def main() -> None:
    """The district of 964 with ledger and truth; with any other number a bundle of that size."""
    parser = argparse.ArgumentParser(
        prog="python -m examples.generator", description="生成示例数据 / generate example data"
    )
    parser.add_argument(
        "--organizations",
        type=int,
        default=REGISTERED + FILED,
        help="组织数 / organisations (964: the district, with ledger and truth)",
    )
    parser.add_argument("--seed", type=int, default=SEED, help="随机种子 / seed")
    parser.add_argument("--day", type=dt.date.fromisoformat, default=DAY, help="截止日期 / as-of day")
    parser.add_argument("--out", type=Path, required=True, help="输出文件夹 / folder to write to")
    parser.add_argument("--parquet", action="store_true", help="另存 Parquet / Parquet instead of CSV (not for 964)")
    chosen = parser.parse_args()
    if chosen.organizations == REGISTERED + FILED:
        paths = write_example(example_district(chosen.seed, chosen.day), chosen.out)
    else:
        generated = tables(chosen.organizations, chosen.seed, chosen.day)
        paths = write_bundle(generated, chosen.out, parquet=chosen.parquet)
    print(f"写入 {len(paths)} 个文件 / {len(paths)} files written: {chosen.out}")


if __name__ == "__main__":
    main()
