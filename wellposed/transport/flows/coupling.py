"""A coupling flow, by a kept library."""

from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from .flow import AbstractNormalizingFlow, Path, mean_nll


class CouplingFlow(AbstractNormalizingFlow):
    """Coupling layers: half of the coordinates move by a map that the other half chooses, then they change roles.

    `affine` maps are those of RealNVP [@dinh2017]; `spline` ones are monotone rational-quadratic splines on
    [-5, 5] with the identity beyond [@durkan2019]. The layers are those of flowjax.

    Args:
        bijection: of flowjax, from base to data.
        size: d.

    Example:
        >>> import jax
        >>> flow = CouplingFlow.random(2, 4, jax.random.key(0), kind="affine")
        >>> flow.forward(jnp.ones(2)).shape
        (2,)

    When it fails: in one dimension there are no halves. What the splines leave alone beyond their interval has the
    tails of the base: standardise the data.
    """

    bijection: Any
    size: int = eqx.field(static=True)

    @classmethod
    def random(
        cls, d: int, layers: int, key: Key[Array, ""], width: int = 50, kind: str = "spline", knots: int = 8
    ) -> "CouplingFlow":
        """Layers whose networks have one hidden layer of `width`.

        Raises:
            ValueError: fewer than two dimensions, or another kind.
        """
        from flowjax.bijections import Affine, RationalQuadraticSpline
        from flowjax.distributions import StandardNormal
        from flowjax.flows import coupling_flow

        if d < 2 or kind not in ("affine", "spline"):
            raise ValueError(
                f"CouplingFlow expects at least 2 dimensions and a kind of ['affine', 'spline'], got d={d}, "
                f"kind={kind!r}: take another flow for one dimension."
            )
        transformer = RationalQuadraticSpline(knots=knots, interval=5) if kind == "spline" else Affine()
        made = coupling_flow(
            key, base_dist=StandardNormal((d,)), transformer=transformer, flow_layers=layers, nn_width=width
        )
        return cls(made.bijection, d)

    @property
    def dimension(self) -> int:
        """d."""
        return self.size

    def path(self, x: Float[Array, " d"]) -> Path:
        """The layers in closed form; the cost is |f(x) - x|^2."""
        z, log_det = self._unwrapped().inverse_and_log_det(x)
        return Path(z, log_det, jnp.sum((z - x) ** 2))

    def inverse(self, z: Float[Array, " d"]) -> Float[Array, " d"]:
        """The layers undone."""
        return self._unwrapped().transform(z)

    def terms(self, batch: Any, key: Key[Array, ""]) -> dict[str, Float[Array, ""]]:
        """The negative log-likelihood; batch: points of the data, (n, d)."""
        return {"nll": mean_nll(self, batch)}

    def _unwrapped(self) -> Any:
        """Constrained parameters are kept free, and what is not trained behind a stopped gradient."""
        import paramax

        return paramax.unwrap(self.bijection)
