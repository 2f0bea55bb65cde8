"""All six questions at once, of a dynamical map."""

from types import ModuleType

import jax
from jaxtyping import PRNGKeyArray

from ..answer import Answer
from ..six import Sizes
from . import expressive, generalising, robust, structure, understandable, well_posed
from .problem import Predictor, Problem

QUESTIONS: dict[str, ModuleType] = {
    "well_posed": well_posed,
    "robust": robust,
    "structure": structure,
    "understandable": understandable,
    "expressive": expressive,
    "generalising": generalising,
}


def six(f: Predictor, problem: Problem, key: PRNGKeyArray, *, sizes: Sizes | None = None) -> dict[str, Answer]:
    """Ask all six questions of one dynamical map.

    Args:
        f: a map `(x0, parameter, ts) -> states` of one trajectory, differentiable in x0 by jvp and vjp. Of a `Flow`:
            `lambda x0, parameter, ts: flow.trajectory(x0, ts, parameter)`.
        problem: what is asked about.
        key: of everything random.
        sizes: how much is looked at; `pictures` counts trajectories here.

    Returns:
        Question -> answer, in the order well_posed, robust, structure, understandable, expressive, generalising.

    Example:
        >>> import jax.numpy as jnp
        >>> from wellposed.audit.dynamical import Runs
        >>> ts = jnp.linspace(0, 1, 21)
        >>> decay = lambda x0, parameter, ts: jnp.outer(jnp.exp(-ts), x0)
        >>> starts = jnp.array([[1.0], [2.0], [3.0], [4.0]])
        >>> runs = Runs(jax.vmap(lambda x: decay(x, None, ts))(starts))
        >>> answers = six(decay, Problem(ts, runs, noise=0.01), jax.random.key(0))
        >>> [name for name, answer in answers.items() if answer.holds]
        ['well_posed', 'robust', 'structure', 'understandable', 'expressive']
    """
    sizes = sizes or Sizes()
    keys = dict(zip(QUESTIONS, jax.random.split(key, len(QUESTIONS)), strict=True))
    options: dict[str, dict[str, int]] = {
        "well_posed": {"pictures": sizes.jacobians, "steps": sizes.steps},
        "robust": {"pictures": sizes.pictures, "attacked": sizes.attacked, "steps": sizes.ascent},
    }
    every = {"pictures": sizes.pictures}
    return {q: module.ask(f, problem, keys[q], **options.get(q, every)) for q, module in QUESTIONS.items()}


def draw(answers: dict[str, dict[str, Answer]]):
    """One figure for each question, with all maps in it: map -> question -> answer becomes question -> figure."""
    return {q: module.draw({name: a[q] for name, a in answers.items()}) for q, module in QUESTIONS.items()}
