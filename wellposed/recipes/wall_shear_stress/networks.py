"""The networks, all as maps from a wall to its stress in Pa, and as large as each other."""

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from wellposed.geometry import GemCNN, PointNet, attention_gcn, feast_cnn, parameter_count, sage_cnn

from .inputs import GAUGE_FIELD, SCALARS, Sample, Wall
from .settings import Settings

Sight = Literal["gauge", "oriented", "invariant"]
ORDER = 2
_MOST_CHANNELS = 512


class Units(NamedTuple):
    """By what inputs and outputs are scaled: standard deviations over the walls that are learned from.

    Attributes:
        scalars: mean and deviation of the gauge field's scalars, (2, scalars).
        pairs: root mean square of each of its pairs, one number for both parts.
        distance: mean and deviation of the distance.
        stress: root mean square, in Pa.
    """

    scalars: Float[Array, "2 scalars"]
    pairs: tuple[Float[Array, "..."], ...]
    distance: Float[Array, " 2"]
    stress: Float[Array, ""]

    @classmethod
    def of(cls, train: Sample) -> "Units":
        """Over the real vertices of a batch of walls."""
        real = train.wall.hierarchy.finest.real
        weight = real / real.sum()
        mean = lambda values: jnp.einsum("bv,bv...->...", weight, values)
        scalars, *pairs = GAUGE_FIELD.parts(train.wall.gauge)
        middle = mean(scalars)
        spread = jnp.sqrt(mean((scalars - middle[None, None]) ** 2)) + 1e-6
        sizes = tuple(jnp.sqrt(mean(jnp.sum(pair**2, axis=-2)) / 2) + 1e-6 for pair in pairs)
        counted = train.mask / train.mask.sum()
        stress = jnp.sqrt(jnp.einsum("bv,bvk->", counted, train.stress**2))
        return cls(jnp.stack([middle, spread]), sizes, jnp.stack([middle[-1], spread[-1]]), stress)

    @classmethod
    def nothing(cls) -> "Units":
        """Ones, of the right shapes."""
        counts = GAUGE_FIELD.counts
        return cls(jnp.ones((2, counts[0])), tuple(jnp.ones(n) for n in counts[1:]), jnp.ones(2), jnp.ones(()))


class StressMap(eqx.Module):
    """A network with its units: one wall -> its stress in Pa.

    Args:
        net: the network.
        units: of inputs and outputs; not trained.
        sight: what the network sees. `gauge`: a field that no motion changes, and the output turns with the wall by
            construction. `oriented`: normals, as published for the others. `invariant`: scalars alone, and the output
            stands in the directions along the wall and across, so that it turns with the wall too.
    """

    net: Any
    units: Units
    sight: Sight = eqx.field(static=True)

    def __call__(self, wall: Wall) -> Float[Array, "vertices 3"]:
        """The stress at each vertex."""
        y = self.net(self._seen(wall), wall.hierarchy)
        if self.sight == "invariant":
            y = jnp.einsum("vi,vij->vj", y, wall.along)
        return jax.lax.stop_gradient(self.units.stress) * y

    @property
    def trainable(self) -> Any:
        """The arrays of the network."""
        nothing = jax.tree.map(lambda _: False, self)
        return eqx.tree_at(lambda m: m.net, nothing, jax.tree.map(eqx.is_inexact_array, self.net))

    def _seen(self, wall: Wall) -> Float[Array, "vertices inputs"]:
        units = self.units
        standard = lambda values, of: (values - of[0][None]) / of[1][None]
        if self.sight == "invariant":
            return standard(wall.invariant, units.scalars)
        if self.sight == "oriented":
            far = standard(wall.oriented[:, 3:], units.distance[:, None])
            return jnp.concatenate([wall.oriented[:, :3], far], axis=1)
        scalars, *pairs = GAUGE_FIELD.parts(wall.gauge)
        scaled = [pair / size[None, None] for pair, size in zip(pairs, units.pairs, strict=True)]
        return GAUGE_FIELD.join([standard(scalars, units.scalars), *scaled])


class Kind(NamedTuple):
    """How a network is made from numbers of channels and blocks, and what it sees."""

    make: Callable[[int, tuple[int, ...], Any], eqx.Module]
    sight: Sight


def gem(channels: int, blocks: tuple[int, ...], key: Key[Array, ""]) -> GemCNN:
    """GEM with as many features of each order."""
    hidden = " + ".join(f"{channels}x{order}" for order in range(ORDER + 1))
    return GemCNN(GAUGE_FIELD, hidden, blocks=blocks, key=key)


KINDS: Mapping[str, Kind] = {
    "SAGE": Kind(lambda channels, blocks, key: sage_cnn(4, channels, blocks=blocks, key=key), "oriented"),
    "FeaSt": Kind(lambda channels, blocks, key: feast_cnn(4, channels, blocks=blocks, key=key), "oriented"),
    "GEM": Kind(gem, "gauge"),
    "SAGE invariant": Kind(
        lambda channels, blocks, key: sage_cnn(SCALARS, channels, blocks=blocks, key=key), "invariant"
    ),
    "FeaSt invariant": Kind(
        lambda channels, blocks, key: feast_cnn(SCALARS, channels, blocks=blocks, key=key), "invariant"
    ),
    "attention": Kind(lambda channels, blocks, key: attention_gcn(4, channels, blocks=blocks, key=key), "oriented"),
    "PointNet": Kind(lambda channels, blocks, key: PointNet(4, channels, key=key), "oriented"),
}


def network(name: str, settings: Settings, units: Units, key: Key[Array, ""]) -> StressMap:
    """A network before training."""
    kind = KINDS[name]
    return StressMap(kind.make(channels_of(name, settings), settings.blocks, key), units, kind.sight)


def channels_of(name: str, settings: Settings) -> int:
    """GEM's channels, or those that make another network's parameters as many as GEM's, or nearly."""
    if name == "GEM":
        return settings.channels
    size = lambda name, channels: _size(name, channels, settings.blocks)
    wanted = size("GEM", settings.channels)
    low, high = 1, 2
    while high < _MOST_CHANNELS and size(name, high) < wanted:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if size(name, middle) < wanted else (low, middle)
    return min((low, high), key=lambda channels: abs(size(name, channels) - wanted))


def _size(name: str, channels: int, blocks: tuple[int, ...]) -> int:
    shapes = eqx.filter_eval_shape(lambda: KINDS[name].make(channels, blocks, jax.random.key(0)))
    return sum(leaf.size for leaf in jax.tree.leaves(shapes) if isinstance(leaf, jax.ShapeDtypeStruct))


def parameters(model: StressMap) -> int:
    """How many numbers a network learns."""
    return parameter_count(model.net)
