"""How the gauge-equivariant network's error on artery walls falls with the number of meshes that it learns from.

The settings are those of the recipe `wall-shear-stress`, with as many rounds over the meshes whatever their number; the
meshes held back are the same. A training that was stopped is taken up. The record is written once all are there.

    python benchmarks/learning_curve.py --folder runs/learning-curve              # writes results/learning-curve.json
    python benchmarks/learning_curve.py --folder runs/learning-curve --only 100   # one of them, beside others
"""

import argparse
from pathlib import Path
from typing import Any

from wellposed.io import write_json
from wellposed.recipes.record import versions
from wellposed.recipes.wall_shear_stress.judge import summary
from wellposed.recipes.wall_shear_stress.run import Findings, find
from wellposed.recipes.wall_shear_stress.settings import Settings
from wellposed.train import Progress

ROOT = Path(__file__).parent.parent
MESHES, NETWORK = (25, 50, 100, 160), "GEM"


def trained(meshes: int, folder: Path) -> Findings:
    """The recipe with one network and so many meshes."""
    with Progress() as progress:
        return find(Settings(networks=(NETWORK,), meshes=meshes), folder / str(meshes), progress)


def row(found: Findings) -> dict[str, Any]:
    """Errors on the test meshes, as they lie and turned."""
    judged, fitted = found.judged[NETWORK], found.fits[NETWORK]
    return {
        "meshes": found.counts["train"],
        "steps": fitted.steps,
        "training_seconds": fitted.seconds,
        "plain": summary(judged.plain),
        "turned": summary(judged.turned),
    }


def main() -> None:
    """Everything, to the terminal and to the record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True, help="of the checkpoints")
    parser.add_argument("--only", type=int, choices=MESHES, help="one number of meshes, without a record")
    given = parser.parse_args()
    if given.only:
        print(row(trained(given.only, given.folder)))
        return
    metrics = {"network": NETWORK, "rows": [row(trained(meshes, given.folder)) for meshes in MESHES]}
    write_json(
        ROOT / "results" / "learning-curve.json",
        {"benchmark": "learning-curve", "metrics": metrics, "versions": versions()},
    )


if __name__ == "__main__":
    main()
