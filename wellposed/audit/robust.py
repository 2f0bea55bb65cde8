"""Question 2, robust? How the error grows with noise, and what an adversary does with as much of it."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from wellposed.metrics import mean_interval

from . import drawing
from .answer import Answer
from .jacobian import as_real, jacobian, leading_svd
from .problem import Map, Problem, forward, norms, spread

QUESTION = "Robust?"
DEFINITION = (
    "Worst-case ratio: the largest change ||f(y + d) - f(y)|| over perturbations d of the noise's norm, "
    "divided by the mean change under random noise of that norm, at noise-free data y; mean over the "
    "pictures. Beside it the slope of the relative error against the relative noise."
)
LIMIT = 0.5  # an adversary with the budget of the noise must not change half of the picture


class Attack(eqx.Module):
    """The worst perturbation that was found.

    Args:
        perturbation: d, of the norm that was allowed.
        change: ||f(y + d) - f(y)||, a lower bound of the true maximum; infinite where f breaks down.
    """

    perturbation: Float[Array, "..."]
    change: Float[Array, ""]


def worst_perturbation(
    f: Map,
    y: Float[Array, "..."],
    radius: float | Float[Array, ""],
    key: PRNGKeyArray,
    *,
    steps: int = 4,
    restarts: int = 1,
) -> Attack:
    """The perturbation of a given norm that changes the picture most (Antun et al. 2020 [@antun2020]).

    Equation: max ||f(y + d) - f(y)|| subject to ||d|| = radius, by projected gradient ascent with normalised
    steps d <- P(d + t radius g / ||g||), P the projection on the sphere and t falling from 4 to 1/4. For an
    affine map long steps are power iteration. It starts at the leading right singular vector of J_f(y)
    and at `restarts` random points, and keeps the best point it met.

    Args:
        f: a map of one sample.
        y: where.
        radius: the norm of the perturbation.
        key: draws the starts.
        steps: of the ascent.
        restarts: random starts beside the spectral one.

    Returns:
        An `Attack`.

    Example:
        >>> f = lambda y: jnp.array([3.0, 1.0]) * y
        >>> round(float(worst_perturbation(f, jnp.zeros(2), 0.1, jax.random.key(0)).change), 4)
        0.3
    """
    radius = jnp.asarray(radius, y.dtype)
    key, sub = jax.random.split(key)
    leading = leading_svd(jacobian(f, y), 2, sub).right[:1]
    starts = jnp.concatenate([leading, jax.random.normal(key, (restarts, *y.shape), y.dtype)])
    value = f(y)

    def half_change(d):
        change = jnp.sum((f(y + d) - value) ** 2) / 2
        return jnp.where(jnp.isfinite(change), change, jnp.inf)  # to break down is the worst of changes

    def ascend(d):
        def step(state, t):
            d, best, most = state
            change, g = jax.value_and_grad(half_change)(d)
            better = change > most
            best, most = jnp.where(better, d, best), jnp.where(better, change, most)
            g = jnp.where(jnp.all(jnp.isfinite(g)), g, 0)
            return (_on_sphere(d + t * _on_sphere(g, radius), radius), best, most), None

        d = _on_sphere(d, radius)
        lengths = jnp.geomspace(4.0, 0.25, steps, dtype=y.dtype)
        (d, best, most), _ = jax.lax.scan(step, (d, d, jnp.zeros((), value.dtype)), lengths)
        change = half_change(d)
        better = change > most
        return jnp.where(better, d, best), jnp.sqrt(2 * jnp.where(better, change, most))

    found, changes = jax.vmap(ascend)(starts)
    best = jnp.argmax(changes)
    return Attack(found[best], changes[best])


def _on_sphere(d, radius):
    size = jnp.linalg.norm(d)
    return d * (radius / jnp.where(size > 0, size, 1))


@eqx.filter_jit
def _attacks(f, ys, radii, keys, steps, restarts):
    def one(y, radius, key):
        g, real = as_real(f, y)
        return worst_perturbation(g, real, radius, key, steps=steps, restarts=restarts)

    return jax.vmap(one)(ys, radii, keys)


@eqx.filter_jit
def _redraw(redraw, keys, xs, level):
    return jax.vmap(redraw, in_axes=(0, 0, None))(keys, xs, level)


def ask(
    f: Map,
    problem: Problem,
    key: PRNGKeyArray,
    *,
    pictures: int = 8,
    attacked: int = 4,
    steps: int = 4,
    restarts: int = 1,
    factors: tuple[float, ...] = (0.5, 1.0, 2.0),
    draws: int = 4,
) -> Answer:
    """Random and adversarial noise of the same norm (Antun et al., PNAS 2020 [@antun2020]).

    Equation: ratio = max_{||d|| = ||noise||} ||f(y + d) - f(y)|| / mean_e ||f(y + e) - f(y)||, with e drawn
    by the problem's noise model and scaled to the same norm. For an affine map with Jacobian J and white
    noise on m data this is sqrt(m) ||J|| / ||J||_F, up to the spread of a few draws. Slope: least squares
    of ||f(y) - x|| / ||x|| over ||y - Ax|| / ||Ax||, picture by picture, with the same noise draw at every
    level.

    Args:
        f: a map from one datum to one image.
        problem: with `redraw` for new noise.
        key: draws noise and starts.
        pictures: how many test pictures for the slope.
        attacked: how many of them are attacked.
        steps: of projected gradient ascent.
        restarts: random starts beside the spectral one.
        factors: noise levels in multiples of the problem's, beside none.
        draws: of random noise per attacked picture.

    Returns:
        The ratio with Student's interval. The answer is yes if the adversary changes less than half of a
        picture (in norm, mean over the pictures). The ascent finds a lower bound of the true worst case.

    Example:
        >>> import lineax as lx
        >>> A = lx.IdentityLinearOperator(jax.ShapeDtypeStruct((4,), jnp.float32))
        >>> redraw = lambda key, x, level: x + level * jax.random.normal(key, (4,))
        >>> x = jnp.ones((3, 4))
        >>> problem = Problem(A, x, y=x + 0.1, clean=x, level=0.1, redraw=redraw)
        >>> round(ask(lambda y: 2 * y, problem, jax.random.key(0)).number, 4)  # every direction is alike
        1.0
    """
    problem.check(f)
    noise_key, random_key, attack_key = jax.random.split(key, 3)
    noise, error = _against_noise(f, problem, noise_key, spread(len(problem.x), pictures), factors)
    slope = mean_interval(np.array([np.polyfit(n, e, 1)[0] for n, e in zip(noise.T, error.T, strict=True)]))
    chosen = spread(len(problem.x), attacked)
    x, clean = np.asarray(problem.x)[chosen], np.asarray(problem.clean)[chosen]
    before = forward(f, clean)
    worst, d = _worst_change(f, problem, attack_key, chosen, steps, restarts)
    chance = _random_change(f, problem, random_key, chosen, before, draws)
    ratios = np.where(np.isfinite(worst), worst, np.nan) / chance
    ratio, fraction = mean_interval(ratios), float(np.mean(worst / norms(x)))
    after = forward(f, clean[:1] + d[:1])[0]
    levels = [f"relative_error_at_{factor:g}_noise" for factor in (0, *factors)]
    return Answer(
        question=QUESTION,
        definition=DEFINITION,
        number=ratio.mean,
        unit="times random noise of the same norm",
        low=ratio.low,
        high=ratio.high,
        samples=ratios,
        holds=bool(fraction <= LIMIT),
        verdict=_verdict(fraction, ratio.mean, slope.mean),
        details={
            "worst_change_fraction_of_picture": fraction,
            "random_change_fraction_of_picture": float(np.mean(chance / norms(x))),
            "slope_relative_error_per_relative_noise": slope.mean,
            "slope_low": slope.low,
            "slope_high": slope.high,
            **dict(zip(levels, error.mean(axis=1).tolist(), strict=True)),
        },
        curves={"noise": noise, "error": error, "truth": x[0], "before": before[0], "after": after},
    )


def _against_noise(f, problem, key, chosen, factors):
    """Relative noise and relative error, each (levels, pictures), noise-free data first."""
    x, clean = np.asarray(problem.x)[chosen], np.asarray(problem.clean)[chosen]
    keys = jax.random.split(key, len(x))
    redrawn = (_redraw(problem.redraw, keys, x, factor * problem.level) for factor in factors)
    ys = [clean, *(np.asarray(y) for y in redrawn)]
    found = forward(f, np.concatenate(ys)).reshape(len(ys), *x.shape)
    noise = np.stack([norms(y - clean) / norms(clean) for y in ys])
    return noise, np.stack([norms(images - x) / norms(x) for images in found])


def _random_change(f, problem, key, chosen, before, draws):
    """The mean change under random noise, scaled to the norm of the noise in the data."""
    x, clean, radii = np.asarray(problem.x)[chosen], np.asarray(problem.clean)[chosen], problem.noise[chosen]
    keys = jax.random.split(key, draws * len(x))
    x, clean, radii, before = (np.concatenate([a] * draws) for a in (x, clean, radii, before))
    e = np.asarray(_redraw(problem.redraw, keys, x, problem.level)) - clean
    scale = (radii / norms(e)).reshape(-1, *[1] * (e.ndim - 1)).astype(x.dtype)
    return norms(forward(f, clean + scale * e) - before).reshape(draws, -1).mean(axis=0)


def _worst_change(f, problem, key, chosen, steps, restarts):
    """The change under the worst perturbation of the norm of the noise, and that perturbation."""
    clean, radii = np.asarray(problem.clean)[chosen], problem.noise[chosen]
    keys = jax.random.split(key, len(chosen))
    attack = _attacks(f, clean, radii.astype(clean.real.dtype), keys, steps, restarts)
    d = np.asarray(attack.perturbation)
    return np.asarray(attack.change, dtype=float), d[..., 0] + 1j * d[..., 1] if np.iscomplexobj(clean) else d


def _verdict(fraction: float, ratio: float, slope: float) -> str:
    if not np.isfinite(fraction):
        return "No: the map returned numbers that are not finite under a small perturbation."
    return (
        f"{'Yes' if fraction <= LIMIT else 'No'}: an adversary who may add no more than the usual noise "
        f"changes {fraction:.0%} of the picture, {ratio:.1f} times as much as chance does; every per cent "
        f"of noise in the data costs {slope:.2f} per cent of error."
    )


def draw(answers: dict[str, Answer]):
    """Error against noise, the worst case over random noise, and a picture before and after the attack."""
    from matplotlib.figure import Figure

    curves = [answer.curves for answer in answers.values()]
    height = 1.6 + 0.32 * max(len(answers), 6)
    figure = Figure(figsize=(11, height + 3), layout="constrained")
    top, bottom = np.ravel(figure.subfigures(2, 1, height_ratios=[height, 3]))
    left, right = top.subplots(1, 2)
    for style, (name, answer) in zip(drawing.styles(), answers.items(), strict=False):
        noise, error = answer.curves["noise"].mean(axis=1), answer.curves["error"].mean(axis=1)
        left.plot(100 * noise, 100 * error, label=name, **style)
    left.set(xlabel="noise in the data (% of its norm)", ylabel="error of the picture (% of its norm)")
    left.set_ylim(0, None)
    left.legend(loc="best", fontsize="small")
    drawing.intervals(right, answers, "worst case / random noise of the same norm")
    right.axvline(1, color=drawing.INK, linestyle=":", linewidth=1)
    rows = {"exact data": [c["before"] for c in curves], "attacked data": [c["after"] for c in curves]}
    drawing.grey_pictures(bottom, rows, list(answers), peak=float(np.max(np.abs(curves[0]["truth"]))))
    return figure
