"""How is an example written down? A folder of CSV files, one a type, the ledger, the truth and what they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from examples.generator.geography import redistricting
from examples.generator.ledger import write_ledger
from examples.generator.model import Example
from examples.generator.rows import bundle_frame
from examples.generator.truth import truth

LEDGER, BUNDLE, SECOND_BUNDLE, TRUTH = "社会组织党建台账.xlsx", "bundle", "redistricting-2019", "truth.json"


def write_bundle(tables: Mapping[str, pl.DataFrame], folder: Path, *, parquet: bool = False) -> list[Path]:
    """One file a type that has rows, named after the type; only columns that hold anything. Linear in the rows."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, frame in tables.items():
        path = folder / f"{name}.{'parquet' if parquet else 'csv'}"
        kept = bundle_frame(name, frame)
        if parquet:
            kept.write_parquet(path)
        else:
            kept.write_csv(path)
        paths.append(path)
    return paths


def write_example(example: Example, folder: Path) -> list[Path]:
    """Ledger, bundle, the second bundle of 2019 and the truth file."""
    folder.mkdir(parents=True, exist_ok=True)
    write_ledger(example, folder / LEDGER)
    (folder / TRUTH).write_text(json.dumps(truth(example), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    bundle = write_bundle(example.rows.tables("bundle"), folder / BUNDLE)
    second = write_bundle(redistricting(example.streets).tables(), folder / SECOND_BUNDLE)
    return [folder / LEDGER, folder / TRUTH, *bundle, *second]
