"""A nonlinearity for gauge fields: on samples of the function on the circle whose Fourier coefficients they are."""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from .gauge_field import GaugeField


class RegularNonlinearity(eqx.Module):
    """Fourier coefficients to samples on the circle, a function of each sample, and back [@dehaan2021].

    Feature c of all orders makes the function s(a) = x_0 + sqrt(2) sum_l (x_l cos(l a) + x'_l sin(l a)). A turn of the
    frame shifts it. The function of a shifted sample is the shifted function of the sample, so the nonlinearity
    commutes exactly with turns by 2 pi / samples, and with all others up to what the samples miss; that error falls as
    their number grows.

    Args:
        field: of the input and the output.
        samples: an odd number, at least 2 order + 1.
        function: of each sample.

    Raises:
        ValueError: too few samples, or an even number, which would lose the sine of half their number.

    Example:
        >>> layer = RegularNonlinearity(GaugeField.parse("1x0 + 1x1"), samples=5, function=lambda v: v)
        >>> [round(float(v), 5) for v in layer(jnp.array([[1.0, 2.0, 3.0]]))[0]]
        [1.0, 2.0, 3.0]
    """

    field: GaugeField = eqx.field(static=True)
    samples: int = eqx.field(static=True)
    function: Callable[[Array], Array] = eqx.field(static=True)

    def __init__(self, field: GaugeField, samples: int = 7, function: Callable[[Array], Array] = jax.nn.relu):
        if samples % 2 == 0 or samples < 2 * field.order + 1:
            raise ValueError(
                f"RegularNonlinearity expects an odd number of at least {2 * field.order + 1} samples for order "
                f"{field.order}, got {samples}."
            )
        self.field, self.samples, self.function = field, samples, function

    def __call__(self, x: Float[Array, "vertices dim"]) -> Float[Array, "vertices dim"]:
        """All vertices."""
        most = max(self.field.counts)
        rows = []
        for order, part in enumerate(self.field.parts(x)):
            part = part[:, None] if order == 0 else part
            rows.append(jnp.pad(part, ((0, 0), (0, 0), (0, most - part.shape[-1]))))
        waves = jnp.asarray(self._waves(), x.dtype)  # (samples, 2 order + 1)
        values = self.function(jnp.einsum("sm,vmc->vsc", waves, jnp.concatenate(rows, axis=1)))
        back = jnp.einsum("sm,vsc->vmc", waves / self.samples, values)
        parts = [back[:, 0, : self.field.counts[0]]]
        for n, count in enumerate(self.field.counts[1:], 1):
            parts.append(back[:, 2 * n - 1 : 2 * n + 1, :count])
        return self.field.join(parts)

    def _waves(self) -> np.ndarray:
        angle = 2 * np.pi * np.arange(self.samples) / self.samples
        columns = [np.ones(self.samples)]
        for n in range(1, self.field.order + 1):
            columns += [2**0.5 * np.cos(n * angle), 2**0.5 * np.sin(n * angle)]
        return np.stack(columns, axis=1)
