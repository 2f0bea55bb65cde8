"""Question 4, understandable? How much of the map the operator's singular vectors explain."""

from collections.abc import Callable
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from wellposed.metrics import mean_interval
from wellposed.operators import SVD, svd

from . import drawing
from .answer import Answer
from .jacobian import LeadingSVD, as_real, jacobian, leading_svd
from .problem import Map, Problem, spread

QUESTION = "Understandable?"
DEFINITION = (
    "Share of the map's response that the operator's singular value decomposition explains: the sum of "
    "<v_i, J u_i>^2 over the sum of ||J u_i||^2, J the Jacobian at a datum, u_i and v_i the operator's "
    "patterns in data and image. 1 for every filter of the singular values, such as Tikhonov's."
)
LIMIT = 0.5  # at least half of the response
FLOOR = 1e-3  # patterns below a thousandth of the largest singular value carry no data


class Decoder(NamedTuple):
    """The decoder of a map with a latent space: `decode` takes `size` numbers to an image."""

    decode: Callable[[Array], Array]
    size: int


def principal_angles(P: Float[Array, "n k"], Q: Float[Array, "n l"]) -> Float[Array, " angles"]:
    """The angles between two subspaces, in radians, ascending (Björck & Golub 1973 [@bjorck1973]).

    Equation: cos theta_i = sigma_i(P'Q) for orthonormal P and Q; small angles from the sine, sigma_i(Q - P
    P'Q), because the cosine loses half of the digits there.

    Args:
        P: a basis in its columns; orthonormalised here.
        Q: a basis in its columns.

    Returns:
        min(k, l) angles between 0 and pi/2.

    Example:
        >>> P, Q = jnp.eye(3)[:, :2], jnp.eye(3)[:, 1:]
        >>> np.degrees(principal_angles(P, Q)).round(1)
        array([ 0., 90.], dtype=float32)
    """
    P, Q = jnp.linalg.qr(P)[0], jnp.linalg.qr(Q)[0]
    if P.shape[1] < Q.shape[1]:
        P, Q = Q, P
    overlap = P.conj().T @ Q
    cosine = jnp.clip(jnp.linalg.svd(overlap, compute_uv=False), 0, 1)
    sine = jnp.clip(jnp.linalg.svd(Q - P @ overlap, compute_uv=False)[::-1], 0, 1)
    return jnp.where(cosine**2 >= 0.5, jnp.arcsin(sine), jnp.arccos(cosine))


@eqx.filter_jit
def _responses(f, ys, patterns):
    """J u of each data pattern u at each datum: (data, patterns, image)."""

    def one(y):
        _, jvp = jax.linearize(f, y)
        return jax.vmap(jvp)(patterns).reshape(len(patterns), -1)

    return jax.vmap(one)(ys)


@eqx.filter_jit
def _leading(f, y, k, key, powers):
    g, real = as_real(f, y)
    return leading_svd(jacobian(g, real), k, key, powers=powers)


def singular_vectors(problem: Problem, k: int, key: PRNGKeyArray) -> SVD:
    """The problem's own SVD, or the k leading triples of its operator where it has none."""
    if problem.svd is not None:
        return problem.svd
    largest = min(problem.x[0].size, problem.y[0].size)
    return svd(problem.operator, min(k, largest), key=key)


def ask(
    f: Map,
    problem: Problem,
    key: PRNGKeyArray,
    *,
    references: int = 2,
    patterns: int = 24,
    leading: int = 8,
    powers: int = 2,
    decoder: Decoder | None = None,
) -> Answer:
    """The map's Jacobian against the operator's singular value decomposition [@boink2019].

    Equation: A = sum_i s_i u_i v_i'. A filter of the singular values is sum_i g_i v_i u_i' (Tikhonov:
    g = 1 / (s + alpha / s)); for any map J = J_f(y), g_i = <v_i, J u_i> is its filter and
    sum g_i^2 / sum ||J u_i||^2 the share of the response that is one. Beside it: the k leading singular
    values of J against 1/s; the principal angles between span{J u_1, ..., J u_k}, what the map makes of the
    k best measured data patterns, and span{v_1, ..., v_k}; and pictures: decoded unit vectors D(e_i) - D(0)
    where the map has a latent space, else the left singular vectors of J.

    Args:
        f: a map from one datum to one image.
        problem: with its `svd`, or the leading triples are computed.
        key: draws the random blocks.
        references: at how many data J is looked at (all alike for an affine map).
        patterns: how many i, evenly spread over log i.
        leading: k, singular values, angles and pictures.
        powers: of the block Krylov method for the singular values.
        decoder: of a map with a latent space.

    Returns:
        The share, mean over the references with Student's interval. The answer is yes from one half on.

    Example:
        >>> import lineax as lx
        >>> A = lx.DiagonalLinearOperator(jnp.array([1.0, 0.5, 0.25]))
        >>> x = jnp.array([[1.0, 2.0, 3.0], [3.0, 4.0, 5.0]])
        >>> y = jax.vmap(A.mv)(x)
        >>> problem = Problem(A, x, y=y + 0.01, clean=y, level=0.01, redraw=lambda key, x, level: A.mv(x))
        >>> tikhonov = lambda y: y / (jnp.array([1.0, 0.5, 0.25]) + 0.01 / jnp.array([1.0, 0.5, 0.25]))
        >>> round(ask(tikhonov, problem, jax.random.key(0)).number, 4)
        1.0
    """
    problem.check(f)
    svd_key, key = jax.random.split(key)
    true = singular_vectors(problem, patterns, svd_key)
    s, U, Vt = np.asarray(true.s), np.asarray(true.U), np.asarray(true.Vt)
    measured = int(np.sum(s >= FLOOR * s[0]))
    index = _spread_over_logarithm(measured, patterns, leading)
    y = np.asarray(problem.y)[spread(len(problem.x), references)]
    responses = np.asarray(_responses(f, y, U.T[index].reshape(-1, *y.shape[1:]).astype(y.dtype)))
    gains = np.einsum("rpi,pi->rp", responses, Vt[index]).real
    strength = np.sum(np.abs(responses) ** 2, axis=2)
    shares = np.sum(gains**2, axis=1) / np.maximum(strength.sum(axis=1), 1e-30)
    angles = _degrees(responses[0, : min(leading, measured)], Vt)
    found, top = mean_interval(shares), _leading(f, y[0], leading, key, powers)
    pictures, latent = _patterns(decoder, top, Vt)
    return Answer(
        question=QUESTION,
        definition=DEFINITION,
        number=found.mean,
        unit="fraction of the response",
        low=found.low,
        high=found.high,
        samples=shares,
        holds=bool(found.mean >= LIMIT),
        verdict=_verdict(found.mean, float(angles.mean()), len(angles)),
        details={
            "angle_mean_degrees": float(angles.mean()),
            "angle_worst_degrees": float(angles.max()),
            "largest_singular_value": float(top.s[0]),
            "largest_inverse_of_operator": float(1 / s[measured - 1]),
            "singular_value_residual_worst": float(np.max(np.asarray(top.error))),
            **latent,
        },
        curves={
            "index": index + 1,
            "gain": gains.mean(axis=0),
            "response": np.sqrt(strength).mean(axis=0),
            "inverse": 1 / s[index],
            "singular_values": np.asarray(top.s),
            "angles_degrees": angles,
            "pictures": pictures,
        },
    )


def _patterns(decoder: Decoder | None, top: LeadingSVD, Vt: np.ndarray) -> tuple[np.ndarray, dict[str, float]]:
    """The map's patterns as pictures, and the angles of its latent space where it has one."""
    if decoder is None:
        return np.asarray(top.left), {}
    decoded = np.asarray(decoded_unit_vectors(decoder))
    angles = _degrees(decoded, Vt)
    details = {
        "latent_angle_mean_degrees": float(angles.mean()),
        "latent_angle_worst_degrees": float(angles.max()),
    }
    return decoded[: len(top.s)], details


def _spread_over_logarithm(n: int, count: int, first: int) -> np.ndarray:
    """Indices 0..first-1, and about `count` in all that are even in their logarithm."""
    even = np.geomspace(1, n, min(count, n)).round().astype(int) - 1
    return np.union1d(np.arange(min(first, n)), even)


@eqx.filter_jit
def decoded_unit_vectors(decoder: Decoder) -> Float[Array, "latent ..."]:
    """D(e_i) - D(0), the image that each unit vector of the latent space adds.

    Example:
        >>> decoded_unit_vectors(Decoder(lambda z: 2 * z + 1, 2))
        Array([[2., 0.],
               [0., 2.]], dtype=float32)
    """
    return jax.vmap(decoder.decode)(jnp.eye(decoder.size)) - decoder.decode(jnp.zeros(decoder.size))[None]


def _degrees(images: np.ndarray, Vt: np.ndarray) -> np.ndarray:
    """The angles between the span of images and that of as many leading image patterns of the operator."""
    found = jnp.asarray(images.reshape(len(images), -1).T)
    return np.degrees(np.asarray(principal_angles(found, jnp.asarray(Vt[: len(images)].conj().T))))


def _verdict(share: float, angle: float, k: int) -> str:
    if not np.isfinite(share):
        return "No: the map has no finite derivative at the data, so there is nothing to read."
    return (
        f"{'Yes' if share >= LIMIT else 'No'}: {share:.0%} of what the map does is a filter of the "
        f"operator's own patterns; what it makes of the {k} best measured patterns is turned away from the "
        f"true ones by {angle:.0f} degrees on average (0 is alike, 90 unrelated)."
    )


def draw(answers: dict[str, Answer]):
    """Filters against 1/s, the shares, and a row of patterns for each map."""
    from matplotlib.figure import Figure

    rows = len(answers)
    figure = Figure(figsize=(14, 3.8 + 0.95 * rows), layout="constrained")
    top, bottom = np.ravel(figure.subfigures(2, 1, height_ratios=[3.8, 0.95 * rows]))
    left, middle, right = top.subplots(1, 3)
    first = next(iter(answers.values()))
    left.loglog(first.curves["index"], first.curves["inverse"], color=drawing.INK, linestyle=":", label="1/s")
    for style, (name, answer) in zip(drawing.styles(), answers.items(), strict=False):
        gain = np.where(answer.curves["gain"] > 0, answer.curves["gain"], np.nan)
        left.loglog(answer.curves["index"], gain, label=name, **{**style, "markersize": 3})
        values = answer.curves["singular_values"]
        middle.semilogy(range(1, len(values) + 1), values, label=name, **style)
    left.set(xlabel="index i of the operator's singular value", ylabel="filter of the map  <v_i, J u_i>")
    middle.set(xlabel="rank", ylabel="leading singular values of the map's Jacobian")
    middle.legend(loc="best", fontsize="x-small", ncols=2)
    left.legend(handles=left.lines[:1], loc="best", fontsize="small")
    percent = {n: (100 * a.number, 100 * a.low, 100 * a.high) for n, a in answers.items()}
    drawing.points(right, percent, "explained by the operator's patterns (%)")
    drawing.gallery(bottom, {name: answer.curves["pictures"] for name, answer in answers.items()})
    return figure
