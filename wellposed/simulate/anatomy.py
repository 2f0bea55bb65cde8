"""Real anatomy: axial slices of the MNI152 T1 head that nilearn carries, in slabs that do not touch."""

import functools
import warnings
from typing import Literal

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Key

from wellposed.io.nifti import axial_slices
from wellposed.io.scale import fit_square
from wellposed.simulate.deform import SMALL, Deformation, deform_one

Split = Literal["train", "validation", "test"]

# First and last slice at 2 mm; slice i lies at z = 2 i - 72 mm. Slices 36-39, 50-51 and 55-56 are used by no
# split: two splits are never closer than 6 mm, and train and test never closer than 10 mm.
SLABS: dict[Split, tuple[tuple[int, int], ...]] = {
    "train": ((10, 35), (57, 65)),
    "validation": ((52, 54),),
    "test": ((40, 49),),
}


def anatomy(
    split: Split, n: int, size: int, key: Key[Array, ""], strength: Deformation = SMALL
) -> Float[Array, "n size size"]:
    """Pictures of real anatomy, deformed at random: slices of one slab, each drawn with the same probability.

    The head is the [ICBM 152 nonlinear symmetric 2009a](https://doi.org/10.1016/j.neuroimage.2010.07.033) T1
    template, skull stripped, as nilearn carries it: the *average* of 152 heads, smoother than any one of
    them. No file is downloaded.

    Args:
        split: "train", "validation" or "test"; see `SLABS` for their slices.
        n: how many pictures.
        size: pixels along a side.
        key: random key.
        strength: of the deformation; see `deform_one`.

    Returns:
        shape (n, size, size), float32 in [0, 1].

    Example:
        >>> anatomy("test", 2, 32, jax.random.key(0)).shape
        (2, 32, 32)

    See also:
        `anatomy_slices`: the slices as they are. `individuals`: heads and bodies of single persons.
    """
    return _draw(key, jnp.asarray(anatomy_slices(split, size)), n, strength)


@functools.partial(jax.jit, static_argnames="n")
def _draw(
    key: Key[Array, ""], slices: Float[Array, "slices size size"], n: int, strength: Deformation
) -> Float[Array, "n size size"]:
    key_slice, key_deform = jax.random.split(key)
    chosen = jax.random.randint(key_slice, (n,), 0, slices.shape[0])
    return jax.lax.map(
        lambda drawn: deform_one(drawn[0], slices[drawn[1]], strength),
        (jax.random.split(key_deform, n), chosen),
        batch_size=min(n, 64),
    )


def anatomy_slices(
    split: Split, size: int | None = None, resolution: Literal[1, 2] = 2
) -> Float[np.ndarray, "slices height width"]:
    """The axial slices of one slab, upright (face up, the patient's left at the left), from foot to head.

    Args:
        split: "train", "validation" or "test".
        size: pixels along a side of the square that they are fitted to; None keeps the template's 117 x 99
            pixels (233 x 197 at 1 mm).
        resolution: 2 or 1 millimetre; at 1 mm the same slabs have about twice as many slices.

    Returns:
        shape (slices, size, size), float32 in [0, 1].

    Raises:
        ValueError: there is no such split.

    Example:
        >>> anatomy_slices("validation", 64).shape
        (3, 64, 64)
    """
    if split not in SLABS:
        raise ValueError(f"anatomy expects a split among {list(SLABS)}, found {split!r}: choose one of them")
    volume = _template(resolution)
    step = 2 // resolution
    slices = np.concatenate([volume[first * step : last * step + 1] for first, last in SLABS[split]])
    return slices if size is None else np.stack([fit_square(picture, size) for picture in slices])


@functools.cache
def _template(resolution: int) -> Float[np.ndarray, "slices height width"]:
    """The head as axial slices in [0, 1]."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nilearn announces changes that do not concern this call
        from nilearn.datasets import load_mni152_template

        image = load_mni152_template(resolution=resolution)
    slices, _ = axial_slices(image)
    return np.clip(slices / slices.max(), 0.0, 1.0).astype(np.float32)
