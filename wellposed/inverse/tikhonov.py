"""Tikhonov regularisation: through the singular values, or through the operator alone."""

import equinox as eqx
import jax
import jax.numpy as jnp
import lineax as lx
from jaxtyping import Array, Float, Inexact, Shaped

from ..operators import SVD, Operator, Stack
from .checks import checked_data, require
from .solution import RESULTS, Solution, raised
from .spectral import AbstractSpectralMap, divided


class Tikhonov(AbstractSpectralMap):
    """Tikhonov regularisation [@tikhonov1963] through the singular value decomposition.

    Chapter 5 of [Engl, Hanke & Neubauer](https://link.springer.com/book/9780792341574) [@engl1996].
    The minimiser of |A x - y|^2 + alpha |x|^2, which in the singular basis has g = s / (s^2 + alpha).

    Args:
        svd: the singular value decomposition of the operator.
        alpha: the weight, not negative, in the units of s^2; 0 is the pseudo-inverse.

    Shapes:
        Data of shape `svd.out_shape` to a picture of shape `svd.in_shape`.

    Raises:
        ValueError: if alpha is negative, or the data have another shape.

    Example:
        >>> import jax.numpy as jnp
        >>> from wellposed.operators import Matrix, svd
        >>> f = Tikhonov(svd(Matrix(jnp.diag(jnp.array([2.0, 1.0])))), alpha=1.0)
        >>> f(jnp.array([5.0, 2.0]))
        Array([2., 1.], dtype=float32)

    See also:
        `MatrixFreeTikhonov` for operators too large for a decomposition; `oracle`, `discrepancy`, `gcv` and
        `l_curve`, which choose alpha.
    """

    svd: SVD
    alpha: Float[Array, ""]

    def __init__(self, svd: SVD, alpha: float | Shaped[Array, ""]):
        _require_weight("Tikhonov", alpha)
        self.svd = svd
        self.alpha = jnp.asarray(alpha, svd.s.dtype)

    @property
    def gains(self) -> Float[Array, " k"]:  # pyright: ignore[reportIncompatibleVariableOverride]
        """g = s / (s^2 + alpha)."""
        s = self.svd.s
        return divided(s, s**2 + self.alpha)


class MatrixFreeTikhonov(eqx.Module):
    """Tikhonov regularisation that applies A and its adjoint only, by conjugate gradients or LSMR.

    By [conjugate gradients](https://doi.org/10.6028/jres.049.044) [@hestenes1952] or by
    [LSMR](https://doi.org/10.1137/10079687X) [@fong2011], both lineax's.

    The minimiser of |A x - y|^2 + alpha |x|^2 solves (A^H A + alpha I) x = A^H y, which is what `lineax.CG`
    is given; `lineax.LSMR` is given the least-squares problem [A; sqrt(alpha) I] x = (y, 0), which is better
    conditioned (the root of the condition number) and takes more work a step. The data are scaled to size one
    for the solver, so that its tolerances are relative.

    Args:
        A: the operator.
        alpha: the weight, positive, in the units of |A|^2.
        solver: a `lineax.CG` or a `lineax.LSMR`; by default CG with tolerances of about 1e-5 in float32 and
            1e-11 in float64.

    Shapes:
        Data of shape `A.out_shape` to a picture of shape `A.in_shape`.

    Raises:
        ValueError: if alpha is not positive, the solver is another one, or the data have another shape.
        RuntimeError: if the solver does not reach its tolerance; `solve(y, throw=False)` returns a code
            instead. That does not cover the solve inside a reverse derivative, which always raises.

    Example:
        >>> import jax.numpy as jnp
        >>> from wellposed.operators import Matrix
        >>> f = MatrixFreeTikhonov(Matrix(jnp.diag(jnp.array([2.0, 1.0]))), alpha=1.0)
        >>> f(jnp.array([5.0, 2.0])).round(3)
        Array([2., 1.], dtype=float32)
        >>> f.solve(jnp.array([5.0, 2.0])).result == RESULTS.successful
        Array(True, dtype=bool)

    See also:
        `Tikhonov`, faster for many data once the SVD is there.
    """

    A: Operator
    alpha: Float[Array, ""]
    solver: lx.CG | lx.LSMR

    def __init__(self, A: Operator, alpha: float | Shaped[Array, ""], solver: lx.CG | lx.LSMR | None = None):
        dtype = jnp.finfo(A.in_structure().dtype).dtype  # real, also for a complex picture
        _require_weight("MatrixFreeTikhonov", alpha)
        require(
            "MatrixFreeTikhonov",
            alpha > 0,
            "a positive alpha",
            alpha,
            "use Tikhonov or Landweber for alpha = 0",
        )
        self.A = A
        self.alpha = jnp.asarray(alpha, dtype)
        self.solver = _default_solver(dtype) if solver is None else solver

    def __call__(self, y: Inexact[Array, "..."]) -> Inexact[Array, "..."]:
        """The picture, of shape `A.in_shape`; raises if the solver fails."""
        return self.solve(y).value

    def solve(self, y: Inexact[Array, "..."], throw: bool = True) -> Solution:
        """The picture with the solver's code and its number of `steps`."""
        data = checked_data("MatrixFreeTikhonov", y, self.A.out_shape, self.A.out_structure().dtype)
        # The map is linear, so that no derivative is lost with that of the size
        size = jax.lax.stop_gradient(jnp.abs(data).max())
        unit = data / jnp.where(size > 0, size, 1).astype(data.dtype)
        operator, right = self._least_squares(unit) if isinstance(self.solver, lx.LSMR) else self._normal(unit)
        found = lx.linear_solve(operator, right, self.solver, throw=False)
        result = RESULTS.promote(found.result)
        solution = Solution(size.astype(found.value.dtype) * found.value, result, {"steps": found.stats["num_steps"]})
        return raised(solution, result, throw)

    def _normal(self, data: Array) -> tuple[lx.AbstractLinearOperator, Array]:
        """A^H A + alpha I, and A^H y."""
        normal = self.A.H @ self.A + self._identity(self.alpha)
        return lx.TaggedLinearOperator(normal, lx.positive_semidefinite_tag), self.A.H.mv(data)

    def _least_squares(self, data: Array) -> tuple[lx.AbstractLinearOperator, tuple[Array, Array]]:
        """[A; sqrt(alpha) I], and (y, 0)."""
        zeros = jnp.zeros(self.A.in_shape, self.A.in_structure().dtype)
        return Stack(self.A, self._identity(jnp.sqrt(self.alpha))), (data, zeros)

    def _identity(self, factor: Array) -> lx.AbstractLinearOperator:
        structure = self.A.in_structure()
        return factor.astype(structure.dtype) * lx.IdentityLinearOperator(structure)


def _require_weight(name: str, alpha: float | Array) -> None:
    require(name, alpha >= 0, "an alpha that is not negative", alpha, "it is the weight of a penalty")


def _default_solver(dtype: jnp.dtype) -> lx.CG:
    tolerance = float(jnp.finfo(dtype).eps) ** 0.7  # 1e-5 in float32, 1e-11 in float64
    return lx.CG(rtol=tolerance, atol=tolerance)
