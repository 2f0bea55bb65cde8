"""Atomic writing: a file is either there in full or not there at all, whatever kills the program."""

import contextlib
import csv
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from wellposed.errors import InputError


@contextlib.contextmanager
def atomic_write(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Write a file so that no reader ever sees half of it.

    The block writes to a temporary file in the folder of `path`, which keeps the suffix of `path` (writers
    that choose a format by suffix need it). When the block ends well, the temporary file is flushed to the
    disk (`fsync`) and renamed onto `path`, which POSIX does in one step; when it raises, the temporary file
    is removed and `path` stays as it was. A process killed inside the block leaves `path` untouched and a
    hidden `.NAME.*.part.SUFFIX` file, never a half-written `path`.

    Args:
        path: where the finished file shall lie; missing folders are made.

    Yields:
        The path to write to.

    Raises:
        InputError: the folder cannot be made or written to, or `path` is a folder.

    Example:
        >>> import tempfile, pathlib
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "answer.txt"
        >>> with atomic_write(path) as part:
        ...     _ = part.write_text("42")
        >>> path.read_text()
        '42'
    """
    path = Path(path)
    part = _temporary_beside(path)
    try:
        yield part
        _flush(part)
        os.replace(part, path)
        _flush(path.parent)
    finally:
        part.unlink(missing_ok=True)


def write_json(path: str | os.PathLike[str], value: Any) -> None:
    """Write plain values as indented JSON, atomically.

    Args:
        path: where the file shall lie.
        value: dicts with text keys, lists, text, numbers, booleans and None; numpy and JAX numbers and arrays
            become numbers and lists.

    Raises:
        ValueError: a number is NaN or infinite, which JSON does not have: store None, or leave it out.
        TypeError: a value that JSON cannot hold.
    """
    text = json.dumps(value, indent=2, allow_nan=False, default=_plain, ensure_ascii=False)
    with atomic_write(path) as part:
        part.write_text(text + "\n", encoding="utf-8")


def read_json(path: str | os.PathLike[str]) -> Any:
    """Read what `write_json` wrote.

    Raises:
        InputError: there is no such file, or it holds no valid JSON.

    Example:
        >>> import tempfile
        >>> path = tempfile.mkdtemp() + "/metrics.json"
        >>> write_json(path, {"psnr_db": 27.5})
        >>> read_json(path)
        {'psnr_db': 27.5}
    """
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(f"{path}: expected a JSON file, found no such file: check the path") from None
    except IsADirectoryError:
        raise InputError(f"{path}: expected a JSON file, found a folder: name the file inside it") from None
    except ValueError as error:
        raise InputError(f"{path}: expected valid JSON, found {error}: write the file anew") from None


def write_csv(
    path: str | os.PathLike[str], columns: Sequence[str], rows: Iterable[Mapping[str, Any] | Sequence[Any]]
) -> None:
    """Write a table with one header line, atomically.

    Args:
        path: where the file shall lie.
        columns: the names in the header.
        rows: each a mapping from column names (missing ones stay empty), or one value for each column.

    Raises:
        ValueError: a row has a column that the header lacks, or a wrong number of values.

    Example:
        >>> import tempfile, pathlib
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "history.csv"
        >>> write_csv(path, ["step", "loss"], [[0, 1.5], {"step": 1}])
        >>> path.read_text().splitlines()
        ['step,loss', '0,1.5', '1,']
    """
    with atomic_write(path) as part, part.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(_cells(columns, row) for row in rows)


def _temporary_beside(path: Path) -> Path:
    if path.is_dir():
        raise InputError(f"{path}: expected a file to write, found a folder: name a file inside it")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(
            prefix=f".{path.name}.", suffix=".part" + "".join(path.suffixes[-2:]), dir=path.parent
        )
        os.close(number)
    except OSError as error:
        raise InputError(
            f"{path}: expected a folder that can be written to, found {error.strerror}: choose another"
        ) from None
    os.chmod(name, 0o666 & ~_umask())  # mkstemp's 0600 would hide the result from colleagues
    return Path(name)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _flush(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _plain(value: Any) -> Any:
    if hasattr(value, "tolist"):  # numpy and JAX arrays and scalars
        return value.tolist()
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    raise TypeError(f"write_json expects plain values, found {type(value).__name__}: convert it first")


def _cells(columns: Sequence[str], row: Mapping[str, Any] | Sequence[Any]) -> Sequence[Any]:
    if isinstance(row, Mapping):
        unknown = sorted(set(row) - set(columns))
        if unknown:
            raise ValueError(f"write_csv expects the columns {list(columns)}, found also {unknown}: add them")
        return [row.get(name, "") for name in columns]
    if len(row) != len(columns):
        raise ValueError(f"write_csv expects {len(columns)} values in each row, found {len(row)}: {row}")
    return row
