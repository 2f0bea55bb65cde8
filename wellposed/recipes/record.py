"""What a run leaves in its folder.

    config.json    recipe, preset, precision and settings; written first, so that a stopped run can go on
    checkpoints/   the state of a run that is not finished; belongs to the recipe
    history.csv    what training printed, one row a report
    model.eqx      the arrays of the trained map, no code
    report.html    the page
    metrics.json   numbers with units in their names, seed, versions, seconds; written last

Each file is written atomically, and `metrics.json` last: a folder that holds it is a finished run, and one
without it can be resumed.
"""

import dataclasses
import importlib.metadata
import math
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wellposed import __version__
from wellposed.io import atomic_write, write_csv, write_json
from wellposed.report import Page, write_page

HISTORY, MODEL, REPORT, METRICS = "history.csv", "model.eqx", "report.html", "metrics.json"
AUDIT_METRICS, AUDIT_REPORT = "audit.json", "audit.html"

_LIBRARIES = ("jax", "jaxlib", "equinox", "optax", "lineax", "numpy")


@dataclass(frozen=True)
class Record:
    """The result of a run: plain numbers, a page, and what is needed to use the map again.

    Args:
        metrics: names with units (`psnr_db`, `time_ms_per_image`) -> numbers, words, or lists and mappings.
        page: the page; its footer is added when the record is written.
        model: the trained map, or None.
        history: column -> values, all of one length.

    Raises:
        ValueError: the columns of the history have different lengths.
    """

    metrics: Mapping[str, Any]
    page: Page
    model: Any = None
    history: Mapping[str, Sequence[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        lengths = {name: len(values) for name, values in self.history.items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"Record expects a history with columns of one length, found {lengths}: pad with None")


def write_record(folder: Path, record: Record, about: Mapping[str, Any]) -> None:
    """Write a finished run into its folder, `metrics.json` last.

    Args:
        folder: the run's folder.
        record: what the recipe returned.
        about: what the run was (recipe, settings, seed, seconds): for `metrics.json` and the page's footer.

    Raises:
        InputError: the folder cannot be written to.
    """
    import equinox as eqx

    write_csv(folder / HISTORY, list(record.history), list(zip(*record.history.values(), strict=True)))
    if record.model is not None:
        with atomic_write(folder / MODEL) as part, part.open("wb") as stream:
            eqx.tree_serialise_leaves(stream, record.model)
    _write_answers(folder / REPORT, folder / METRICS, record, about)


def write_audit(folder: Path, record: Record, about: Mapping[str, Any]) -> None:
    """Write the answers of an audit beside the run that was audited, as `audit.html` and `audit.json`.

    Raises:
        InputError: the folder cannot be written to.
    """
    _write_answers(folder / AUDIT_REPORT, folder / AUDIT_METRICS, record, about)


def versions() -> dict[str, str]:
    """The versions that a result depends on, by the name of the library.

    Example:
        >>> list(versions())[:2]
        ['wellposed', 'python']
    """
    libraries = {name: importlib.metadata.version(name) for name in _LIBRARIES}
    return {"wellposed": __version__, "python": platform.python_version(), **libraries}


def _write_answers(page: Path, metrics: Path, record: Record, about: Mapping[str, Any]) -> None:
    write_page(dataclasses.replace(record.page, footer={**record.page.footer, **about}), page)
    write_json(metrics, {"metrics": _plain(record.metrics), **_plain(about)})


def _plain(value: Any) -> Any:
    """Python's own numbers and containers; what is not finite becomes None, which JSON has."""
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    if hasattr(value, "_asdict"):
        return _plain(value._asdict())
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
