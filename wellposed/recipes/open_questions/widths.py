"""Shallow networks: error against width, beside the rate that Barron's theorem promises."""

from dataclasses import dataclass
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Float, Key

from wellposed.train import Progress, falling, fit

from .settings import Settings

DIMENSION, POINTS, DICTIONARY, TEACHER, BATCH = 6, 6144, 2048, 4096, 128
BARRON, STEP = "in Barron's space", "outside: a step across a sphere"
SAMPLED, GREEDY, TRAINED = "neurons drawn at random", "orthogonal greedy", "trained"
_ADAM = optax.adam(1.0)


@dataclass(frozen=True)
class Widths:
    """Mean squared errors on unseen points, over the variance of the target.

    Attributes:
        neurons: m.
        errors: target -> method -> (seeds, widths).
        bound: of the target in Barron's space, what Maurey's argument promises for each m.
    """

    neurons: np.ndarray
    errors: dict[str, dict[str, np.ndarray]]
    bound: np.ndarray


@dataclass(frozen=True)
class Target:
    """A function on points, and for one in Barron's space the neurons of which it is the mean.

    Attributes:
        x: points to learn from and unseen ones, each (points, DIMENSION).
        y: its values there.
        directions: w and b of the neurons, (DIMENSION + 1, TEACHER); none outside.
        signs: of the neurons in the mean.
    """

    x: tuple[np.ndarray, np.ndarray]
    y: tuple[np.ndarray, np.ndarray]
    directions: np.ndarray | None = None
    signs: np.ndarray | None = None


def widths(settings: Settings, folder: Path, progress: Progress) -> Widths:
    """All methods on both targets.

    The target in Barron's space [@barron1993] is a mean of signed neurons s relu(w . x + b), so that m of them drawn
    at random have the squared error (E |s relu|^2 - |f|^2) / m on average, in any dimension. The orthogonal greedy
    algorithm adds the neuron of a dictionary that has the largest product with the residual and fits again; its squared
    error falls like 1 / m too, for targets in the convex hull of its dictionary [@devore1996] [@barron2008]. Trained
    networks have free neurons. The other target is 1 inside of a sphere and 0 outside: its jump
    has no finite norm in that space.
    """
    neurons = 4 * 2 ** np.arange(settings.widths)
    seeds = [np.random.default_rng((17, settings.seed, turn)) for turn in range(settings.width_seeds)]
    targets = {name: [draw(rng, name == BARRON) for rng in seeds] for name in (BARRON, STEP)}
    errors: dict[str, dict[str, np.ndarray]] = {}
    for name, of in targets.items():
        errors[name] = {GREEDY: np.array([greedy(t, neurons, rng) for t, rng in zip(of, seeds, strict=True)])}
    drawn = [sampled(t, neurons, rng) for t, rng in zip(targets[BARRON], seeds, strict=True)]
    errors[BARRON] = {SAMPLED: np.array(drawn), **errors[BARRON]}
    trained = _trained([t for of in targets.values() for t in of], neurons, settings, folder, progress)
    for name, part in zip(targets, np.split(trained, 2), strict=True):
        errors[name][TRAINED] = part
    return Widths(neurons, errors, np.mean([promised(t) for t in targets[BARRON]]) / neurons)


def draw(rng: np.random.Generator, barron: bool) -> Target:
    """A target with new points."""
    x = [rng.normal(size=(POINTS, DIMENSION)) for _ in range(2)]
    if not barron:
        within = lambda x: ((x**2).sum(1) < DIMENSION - 2 / 3).astype(float)  # about half of the points
        return Target((x[0], x[1]), (within(x[0]), within(x[1])))
    directions = unit_neurons(rng, TEACHER)
    signs = np.sign(np.sin(4 * directions[0]) * directions[1] + 0.5 * directions[2])
    values = [relu(points, directions) @ signs / TEACHER for points in x]
    return Target((x[0], x[1]), (values[0], values[1]), directions, signs)


def unit_neurons(rng: np.random.Generator, count: int) -> Float[np.ndarray, "inputs count"]:
    """w on the unit sphere, and b between -2 and 2 below it."""
    w = rng.normal(size=(DIMENSION, count))
    return np.concatenate([w / np.linalg.norm(w, axis=0, keepdims=True), rng.uniform(-2, 2, (1, count))])


def relu(x: Float[np.ndarray, "points d"], neurons: Float[np.ndarray, "inputs count"]) -> np.ndarray:
    """Every neuron at every point."""
    return np.maximum(x @ neurons[:-1] + neurons[-1:], 0)


def promised(target: Target) -> float:
    """(E |s relu|^2 - |f|^2) over the variance of f: m times the mean squared error of m neurons drawn at random."""
    assert target.directions is not None
    y = target.y[1]
    second = float(np.mean([(relu(target.x[1], part) ** 2).mean() for part in np.split(target.directions, 8, axis=1)]))
    return (second - float((y**2).mean())) / float(y.var())


def sampled(target: Target, neurons: np.ndarray, rng: np.random.Generator) -> list[float]:
    """Means of m neurons of the target, averaged over 16 draws."""
    assert target.directions is not None
    assert target.signs is not None
    y, found = target.y[1], []
    said = relu(target.x[1], target.directions) * target.signs[None]
    for m in neurons:
        draws = rng.integers(TEACHER, size=(16, m))
        errors = [((said[:, of].mean(1) - y) ** 2).mean() for of in draws]
        found.append(float(np.mean(errors) / y.var()))
    return found


def greedy(target: Target, neurons: np.ndarray, rng: np.random.Generator) -> list[float]:
    """The orthogonal greedy algorithm over a random dictionary, and its errors on unseen points."""
    dictionary = unit_neurons(rng, DICTIONARY)
    (x, unseen), (y, truth) = target.x, target.y
    said = relu(x, dictionary)
    size = np.maximum(np.linalg.norm(said, axis=0), 1e-12)
    basis, chosen, residual, found = np.zeros((len(x), neurons.max())), [], y.copy(), []
    for k in range(neurons.max()):
        chosen.append(int(np.argmax(np.abs(residual @ said) / size)))
        new = said[:, chosen[-1]]
        for _ in range(2):  # once more, against rounding
            new = new - basis[:, :k] @ (basis[:, :k].T @ new)
        basis[:, k] = new / max(float(np.linalg.norm(new)), 1e-12)
        residual = residual - basis[:, k] * (basis[:, k] @ residual)
        if k + 1 in neurons:
            weights = np.linalg.lstsq(said[:, chosen], y, rcond=None)[0]
            error = relu(unseen, dictionary[:, chosen]) @ weights - truth
            found.append(float((error**2).mean() / truth.var()))
    return found


class Shallow(eqx.Module):
    """x -> sum over the neurons of a relu(w . x + b), of which a mask leaves the first m."""

    w: Float[Array, "neurons d"]
    b: Float[Array, " neurons"]
    a: Float[Array, " neurons"]
    c: Float[Array, ""]

    @staticmethod
    def random(neurons: int, used: Float[Array, ""], key: Key[Array, ""]) -> "Shallow":
        """With an output of size about 1 from so many neurons that are used."""
        keys = jax.random.split(key, 3)
        w = jax.random.normal(keys[0], (neurons, DIMENSION), float) / DIMENSION**0.5
        b = jax.random.uniform(keys[1], (neurons,), float, -1, 1)
        return Shallow(w, b, jax.random.normal(keys[2], (neurons,), float) / jnp.sqrt(used), jnp.zeros(()))

    def __call__(self, x: Float[Array, " d"], mask: Float[Array, " neurons"]) -> Float[Array, ""]:
        """One point."""
        return (mask * self.a) @ jax.nn.relu(self.w @ x + self.b) + self.c


class Drawn(eqx.Module):
    """Batches of points for each lane."""

    x: Float[Array, "lanes points d"]
    y: Float[Array, "lanes points"]
    masks: Float[Array, "lanes neurons"]
    size: int = eqx.field(static=True)

    def __call__(self, key: Key[Array, ""], step: Array) -> tuple[Array, Array, Array]:
        """Points, values and masks."""
        at = jax.random.randint(key, (self.size,), 0, self.x.shape[1])
        return self.x[:, at], self.y[:, at], self.masks


def squared_error(
    model: Shallow, batch: tuple[Array, Array, Array], key: Key[Array, ""]
) -> tuple[Array, dict[str, Array]]:
    """Summed over the lanes, which do not know of each other."""
    value = errors_of(model, *batch).sum()
    return value, {"squared_error": value}


@eqx.filter_jit
def errors_of(
    model: Shallow, x: Float[Array, "lanes n d"], y: Float[Array, "lanes n"], masks: Float[Array, "lanes neurons"]
) -> Float[Array, " lanes"]:
    """The mean squared error of each lane."""
    of = lambda model, x, mask: jax.vmap(model, (0, None))(x, mask)
    return ((eqx.filter_vmap(of)(model, x, masks) - y) ** 2).mean(1)


def _trained(
    targets: list[Target], neurons: np.ndarray, settings: Settings, folder: Path, progress: Progress
) -> Float[np.ndarray, "targets widths"]:
    """Networks of every width on every target, trained side by side."""
    most, lanes = int(neurons.max()), len(targets) * len(neurons)
    scale = [float(t.y[0].std()) for t in targets]
    repeated = lambda part: np.repeat(np.stack(part), len(neurons), axis=0)
    x, y = repeated([t.x[0] for t in targets]), repeated([t.y[0] / s for t, s in zip(targets, scale, strict=True)])
    masks = np.tile(np.arange(most)[None] < neurons[:, None], (len(targets), 1)).astype(float)
    keys = jax.random.split(jax.random.key(settings.seed), lanes + 1)
    as_float = lambda value: jnp.asarray(value, float)
    start = jax.vmap(Shallow.random, (None, 0, 0))(most, as_float(masks.sum(1)), keys[1:])
    fitted = fit(
        start,
        squared_error,
        Drawn(as_float(x), as_float(y), as_float(masks), BATCH),
        falling(_ADAM, 0.01, settings.width_steps),
        steps=settings.width_steps,
        key=keys[0],
        folder=folder,
        name="shallow",
        settings={"steps": settings.width_steps},
        resume=True,
        progress=progress,
    )
    unseen = repeated([t.x[1] for t in targets]), repeated([t.y[1] / s for t, s in zip(targets, scale, strict=True)])
    errors = np.asarray(errors_of(fitted.model, as_float(unseen[0]), as_float(unseen[1]), as_float(masks)))
    variance = np.repeat([(t.y[1] / s).var() for t, s in zip(targets, scale, strict=True)], len(neurons))
    return (errors / variance).reshape(len(targets), len(neurons))
