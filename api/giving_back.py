"""What goes back to who sent files? Each file with its wrong cells marked, for shell and HTTP."""

from __future__ import annotations

import hashlib
import zipfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from api.intake import Intake
from api.outputs import refuse_existing, whole
from graphmodel.text import Text
from loaders.marked_workbook import write_marked
from loaders.rejected_rows import write_rejected

_FOR_ITS_USER = 0o600  # as the store: a user's own rows are nobody else's to read


def give_back(taken: Intake, out: Path, *, rejected: bool = False, force: bool = False) -> list[Path]:
    """Write each file that has errors as a workbook with its wrong cells marked; gives what was written.

    With `rejected` also the rows that were not accepted as a file of their own. What an earlier call wrote for the same
    file, and nobody has saved since, is replaced; any other file only with `force`. Errors: `FileExists`, `CannotWrite`.
    """
    checked, wrong = taken.checked, _wrong(taken)
    names = {file: name for file, name in _names(taken.sources).items() if file in wrong}
    marked = {file: out / f"{name}-标注.xlsx" for file, name in names.items()}
    others = {file: out / f"{name}-未通过.xlsx" for file, name in names.items()} if rejected else {}
    places = [(path, taken.sources[file]) for each in (marked, others) for file, path in each.items()]
    refuse_existing((path for path, own in places if not _is_ours(path, own)), force=force)
    for file in names:
        own, here = taken.sources[file], checked.of_file(file)
        layouts = [layout for layout in taken.layouts if layout.grid.file == file]
        with whole(marked[file]) as made:
            write_marked(made, layouts, here, own if own.suffix.lower() == ".xlsx" else None)
            _finish(made, own)
        if file in others:
            with whole(others[file]) as made:
                write_rejected(made, layouts, here)
                _finish(made, own)
    return [*marked.values(), *others.values()]


def left_out(taken: Intake) -> list[Text]:
    """What of these files is about persons, and therefore not given back."""
    wrong = _wrong(taken)
    told = (layout.left_out() for layout in taken.layouts if layout.grid.file in wrong)
    return [text for text in told if text]


def _wrong(taken: Intake) -> set[str]:
    return {error.file for error in taken.checked.errors} | set(taken.checked.rejected["file"])


def _stamp(own: Path) -> bytes:
    """What the archive of a workbook says beside its sheets: which file it was made for. No program that saves it keeps it."""
    return b"partygraph " + hashlib.sha256(bytes(own.resolve())).hexdigest()[:16].encode()


def _finish(made: Path, own: Path) -> None:
    with zipfile.ZipFile(made, "a") as package:
        package.comment = _stamp(own)
    made.chmod(_FOR_ITS_USER)


def _is_ours(path: Path, own: Path) -> bool:
    if not (path.is_file() and zipfile.is_zipfile(path)):
        return False
    try:
        with zipfile.ZipFile(path) as package:
            return package.comment == _stamp(own)
    except (zipfile.BadZipFile, OSError):
        return False


def _names(files: Iterable[str]) -> dict[str, str]:
    """What is given back for each file is called after it, with the ending where two files differ in nothing else."""
    flat = {file: file.replace("/", "-") for file in files}
    stems, whole_names = (Counter(map(part, flat.values())) for part in (_stem, str))
    return {
        file: _stem(name) if stems[_stem(name)] == 1 else name if whole_names[name] == 1 else f"{name}-{number}"
        for number, (file, name) in enumerate(flat.items(), start=1)
    }


def _stem(name: str) -> str:
    return Path(name).stem
