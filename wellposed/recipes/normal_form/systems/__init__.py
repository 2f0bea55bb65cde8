"""The systems whose bifurcation is learned: one file each, and one line each in `SYSTEMS`."""

import importlib
from collections.abc import Mapping
from types import MappingProxyType

from .system import System

SYSTEMS: Mapping[str, str] = MappingProxyType(
    {
        "saddle-node": "saddle_node",
        "transcritical": "transcritical",
        "pitchfork": "pitchfork",
        "lorenz96": "lorenz96",
        "neural-field": "neural_field",
        "cylinder": "cylinder",
    }
)


def load_system(name: str) -> System:
    """A system by its name; its module holds it as `SYSTEM`.

    Example:
        >>> load_system("lorenz96").form.name
        'Hopf'
    """
    return importlib.import_module(f"{__name__}.{SYSTEMS[name]}").SYSTEM
