"""GEM-CNN: the gauge-equivariant mesh network."""

import functools

import equinox as eqx
from jaxtyping import Array, Float, Key

from ..gauge_field import GaugeField
from ..gem_block import GemBlock
from ..surface import Hierarchy
from ..transport_pool import to_space
from .unet import ResidualUNet


class GemCNN(eqx.Module):
    """A residual U-Net of gauge-equivariant blocks, for a vector in space at each vertex [@dehaan2021] [@suk2024].

    Its input is a gauge field that no motion changes, as `matrix_features` with other scalars, and its output a scalar
    along the normal with a pair in the tangent plane. So a motion of the surface turns the output with it, exactly, and
    the choice of frames changes nothing but what the nonlinearity's samples miss.

    Args:
        source: the field of the input, such as `"8x0 + 4x1 + 3x2"`.
        hidden: the field between the blocks, such as `"8x0 + 8x1 + 8x2"`.
        rings: of the convolutions.
        samples: of the nonlinearity.
        blocks: as in `ResidualUNet`.
        remat: as in `ResidualUNet`.
        key: of the initial weights.

    Shapes:
        `(vertices, source.dim) -> (vertices, 3)`.

    When it fails: channels of unequal number per order waste samples of the nonlinearity; equal numbers are best.
    """

    unet: ResidualUNet

    def __init__(
        self,
        source: str | GaugeField,
        hidden: str | GaugeField,
        *,
        rings: int = 2,
        samples: int = 7,
        blocks: tuple[int, ...] = (2, 2, 2, 4, 4),
        remat: bool = False,
        key: Key[Array, ""],
    ):
        block = functools.partial(GemBlock, rings=rings, samples=samples)
        self.unet = ResidualUNet(block, source, hidden, "1x0 + 1x1", blocks=blocks, remat=remat, key=key)

    def __call__(self, x: Float[Array, "vertices inputs"], hierarchy: Hierarchy) -> Float[Array, "vertices 3"]:
        """One surface."""
        return to_space(self.unet(x, hierarchy), hierarchy.finest.frames)
