"""Capacity: linear L-SVDs trained anew, at several ranks and on several numbers of pictures."""

import jax

from wellposed.audit import Curve, expressive
from wellposed.inverse import LearnedSVD

from .learn import School, reconstruction_alone
from .settings import Settings


def expressivity(settings: Settings, school: School, x, y) -> dict[str, Curve]:
    """The errors on test pictures x with data y, of linear L-SVDs from random starts."""
    rank, images = ranks(settings), counts(settings)
    return {
        "rank": expressive.measure(lambda k: _refit(settings, school, k), rank, x, y),
        "images": expressive.measure(lambda n: _refit(settings, school.first(n), min(100, settings.rank)), images, x, y),
    }


def ranks(settings: Settings) -> list[int]:
    """About five ranks, doubling, up to that of the run."""
    return sorted({max(1, settings.rank // 2**i) for i in range(5)})


def counts(settings: Settings) -> list[int]:
    """About five numbers of training pictures, up to all of them by factors of four."""
    return sorted({max(16, settings.train_images // 4**i) for i in range(5)})


def _refit(settings: Settings, school: School, rank: int) -> LearnedSVD:
    start = LearnedSVD.random(rank, *school.means, jax.random.fold_in(school.key, rank))
    name = f"rank {rank}, {len(school.x)} pictures"
    return reconstruction_alone(school, start, name, settings.sweep_steps, settings.batch).model

