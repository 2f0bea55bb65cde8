"""Whether obstacles leave a way from where a crowd begins to where it must end."""

from typing import cast

import numpy as np
from jaxtyping import Array, Bool

from wellposed.errors import InputError

from .game import FixedDensity, GridGame

_MASS = 1e-3  # what may be lost in walls or cut off by them


def require_way(game: GridGame, walls: Bool[Array, "*space"]) -> None:
    """Raises an InputError where cells of infinite price hold the crowd, or part it from its target."""
    blocked = np.asarray(walls)
    if not blocked.any():
        return
    from scipy.ndimage import label

    cell = game.grid.volume
    start = np.asarray(game.start)
    inside = start[blocked].sum() * cell
    if inside > _MASS:
        raise InputError(f"running: {inside:.1%} of the initial density stands inside an obstacle: move one of the two")
    target = game.target()
    if target is None:
        return
    end = np.asarray(target)
    rooms, count = cast("tuple[np.ndarray, int]", label(~blocked))
    begins = np.array([start[rooms == i].sum() for i in range(1, count + 1)]) * cell
    ends = np.array([end[rooms == i].sum() for i in range(1, count + 1)]) * cell
    together = np.minimum(begins, ends).sum()
    needed = 1 - 2 * _MASS - max(0.0, 1 - end.sum() * cell) if isinstance(game.terminal, FixedDensity) else _MASS
    if together < needed:
        raise InputError(
            f"running: obstacles cut the box into {count} rooms, so that {1 - together:.1%} of the initial density has "
            f"no way to the target through cells of finite cost: open a passage of at least two cells"
        )
