"""Gauge fields: features at the vertices of a surface that turn when the frames turn."""

import itertools
import re
from dataclasses import dataclass

import jax.numpy as jnp
from jaxtyping import Array, Float


@dataclass(frozen=True)
class GaugeField:
    """How many features of each order a vertex has: `"8x0 + 4x1 + 2x2"` are 8 scalars, 4 vectors, 2 of order two.

    A feature of order l > 0 is a pair of numbers in the vertex's frame. When the frame turns by an angle h, it turns by
    -l h, as an arrow (l = 1) or a stress direction (l = 2) does [@dehaan2021].

    Features lie in one row per vertex: the scalars; then for each order the first numbers of all pairs and the second
    numbers of all pairs.

    Args:
        counts: how many features of the orders 0, 1, 2, ...

    Example:
        >>> field = GaugeField.parse("8x0 + 4x1 + 2x2")
        >>> field.dim, str(field)
        (20, '8x0 + 4x1 + 2x2')
    """

    counts: tuple[int, ...]

    @staticmethod
    def parse(text: "str | GaugeField") -> "GaugeField":
        """Read `"8x0 + 8x1 + 8x2"`; each order may stand once.

        Raises:
            ValueError: another text.
        """
        if isinstance(text, GaugeField):
            return text
        terms = [re.fullmatch(r"\s*(\d+)\s*x\s*(\d+)\s*", term) for term in text.split("+")]
        found = {int(term[2]): int(term[1]) for term in terms if term}
        if len(found) != len(terms) or not any(found.values()):
            raise ValueError(f"GaugeField expects a text like '8x0 + 8x1 + 8x2', got '{text}'.")
        return GaugeField(tuple(found.get(order, 0) for order in range(max(found) + 1)))

    def __str__(self) -> str:
        return " + ".join(f"{count}x{order}" for order, count in enumerate(self.counts) if count)

    def __add__(self, other: "GaugeField") -> "GaugeField":
        """The field of the features of both."""
        pairs = itertools.zip_longest(self.counts, other.counts, fillvalue=0)
        return GaugeField(tuple(a + b for a, b in pairs))

    def joined(self, *rows: Float[Array, "*shape dim"]) -> Float[Array, "*shape dims"]:
        """Several features of this field as one of `self + ... + self`."""
        orders = zip(*(self.parts(row) for row in rows), strict=True)
        return self.join([jnp.concatenate(parts, axis=-1) for parts in orders])

    @property
    def order(self) -> int:
        """The largest order."""
        return len(self.counts) - 1

    @property
    def dim(self) -> int:
        """Numbers per vertex."""
        return self.counts[0] + 2 * sum(self.counts[1:])

    def parts(self, x: Float[Array, "*shape dim"]) -> list[Float[Array, "..."]]:
        """The features of each order: `(..., count)` for scalars, `(..., 2, count)` for the other orders."""
        parts, start = [x[..., : self.counts[0]]], self.counts[0]
        for count in self.counts[1:]:
            parts.append(x[..., start : start + 2 * count].reshape(*x.shape[:-1], 2, count))
            start += 2 * count
        return parts

    def join(self, parts: list[Float[Array, "..."]]) -> Float[Array, "*shape dim"]:
        """The row of some parts: the inverse of `parts`."""
        rows = [part if i == 0 else part.reshape(*part.shape[:-2], -1) for i, part in enumerate(parts)]
        return jnp.concatenate(rows, axis=-1)

    def rotated(self, x: Float[Array, "*shape dim"], angle: Float[Array, "*shape"]) -> Float[Array, "*shape dim"]:
        """The features turned by an angle: order l by l times the angle.

        Example:
            >>> import jax.numpy as jnp
            >>> GaugeField.parse("1x0 + 1x1").rotated(jnp.array([5.0, 1, 0]), jnp.asarray(jnp.pi / 2)).round(6).tolist()
            [5.0, -0.0, 1.0]
        """
        scalars, *rest = self.parts(x)
        turned = [scalars]
        for order, part in enumerate(rest, 1):
            c, s = (f(order * jnp.asarray(angle))[..., None] for f in (jnp.cos, jnp.sin))
            a, b = part[..., 0, :], part[..., 1, :]
            turned.append(jnp.stack([c * a - s * b, s * a + c * b], axis=-2))
        return self.join(turned)
