"""The plain numbers of a run."""

from typing import Any

import numpy as np

from wellposed.metrics import mean_interval

from .learn import Judged
from .rooms import ROOMS
from .run import LAW, NETWORK, RIVAL, Findings, seed_of
from .sphere import band_error

SPHERE = "spherical CNN"


def metrics(found: Findings) -> dict[str, Any]:
    """Numbers with their units in their names, for `metrics.json`."""
    return {
        "rooms": {
            name: {
                "domain": ROOMS[name].domain,
                "group": ROOMS[name].group,
                "on_slide": ROOMS[name].slide,
                "move": ROOMS[name].move,
                "rival_name": ROOMS[name].rival_name,
                **{who: _numbers(of[who]) for who in (NETWORK, RIVAL)},
            }
            for name, of in found.judged.items()
        },
        "sphere_band_error": _band_error(found),
        "accuracy_percent_by_block_pixels": {
            str(block): mean_interval(100 * of, within=(0.0, 100.0))._asdict() for block, of in found.separation.items()
        },
    }


def _band_error(found: Findings) -> float | None:
    network = found.maps.networks.get(SPHERE)
    return None if network is None else band_error(network, seed_of(found.settings, 0, LAW))


def accuracies(judged: list[Judged], moved: bool) -> np.ndarray:
    """In %, one for each seed."""
    return np.array([100 * float((one.right_moved if moved else one.right).mean()) for one in judged])


def _numbers(judged: list[Judged]) -> dict[str, Any]:
    share = lambda values: mean_interval(values, within=(0.0, 100.0))._asdict()
    plain, moved = accuracies(judged, False), accuracies(judged, True)
    return {
        "accuracy_percent": share(plain),
        "accuracy_moved_percent": share(moved),
        "accuracy_lost_points": mean_interval(plain - moved)._asdict(),
        "invariance_error": max(one.law for one in judged),
        "parameters": judged[0].parameters,
    }


def history(found: Findings) -> dict[str, list[Any]]:
    """The losses of the trainings, at most some 100 rows of each."""
    columns: dict[str, list[Any]] = {"training": [], "step": [], "cross_entropy": []}
    for name, fit in found.fits.items():
        values = np.asarray(fit.history.terms["cross_entropy"])
        for step in range(0, len(values), max(1, len(values) // 100)):
            columns["training"].append(name)
            columns["step"].append(step + 1)
            columns["cross_entropy"].append(float(values[step]))
    return columns
