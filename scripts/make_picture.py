"""Draws docs/demo.png from a finished run: `python scripts/make_picture.py runs/lsvd`."""

import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

from wellposed.metrics import psnr
from wellposed.recipes import open_run
from wellposed.recipes.lsvd.methods import FILTERED, NONLINEAR, TIKHONOV, VARIATION
from wellposed.recipes.lsvd.pictures import data
from wellposed.report import Row, image_grid, style
from wellposed.simulate import individuals

SHOWN = (FILTERED, TIKHONOV, VARIATION, NONLINEAR)


def row(methods, x, key, title, unit) -> Row:
    """One picture and what the methods make of its noisy data."""
    x = jnp.asarray(x)
    y = methods.scanner.noise(key, methods.scanner.operator.mv(x))
    maps = {name: f(y) for name, f in methods.maps().items() if name in SHOWN}
    images = [(title, x), *((f"{name}, {float(psnr(f, x)):.1f} dB", f) for name, f in maps.items())]
    return Row([(title, np.asarray(image)) for title, image in images], (0.0, 1.0), unit)


def main() -> None:
    """Write the picture."""
    key = jax.random.key(0)
    with open_run(Path(sys.argv[1])) as (_, plan, methods):
        test = data(plan.settings, "test")
        head = next(person for person in individuals(plan.settings.size) if person.name == "CT head")
        rows = [
            row(methods, test[len(test) // 2], key, "MNI152 head", "in distribution"),
            row(methods, head.images[0], key, "another head, CT", "out of it"),
        ]
    with style():
        image_grid(rows, width=9.0).savefig(
            Path(__file__).parent.parent / "docs" / "demo.png", dpi=130, facecolor="white"
        )


if __name__ == "__main__":
    main()
