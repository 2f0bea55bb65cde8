"""All six questions at once."""

from dataclasses import dataclass
from types import ModuleType

import jax
from jaxtyping import PRNGKeyArray

from . import expressive, generalising, robust, structure, understandable, well_posed
from .answer import Answer
from .problem import Map, Problem
from .understandable import Decoder

QUESTIONS: dict[str, ModuleType] = {
    "well_posed": well_posed,
    "robust": robust,
    "structure": structure,
    "understandable": understandable,
    "expressive": expressive,
    "generalising": generalising,
}


@dataclass(frozen=True)
class Sizes:
    """How much each question looks at; the cost grows with each.

    Args:
        pictures: test pictures on which the map is merely applied.
        jacobians: test pictures at which its derivative is iterated on.
        steps: pairs of products for each Lipschitz constant, at most.
        attacked: pictures that are attacked.
        ascent: steps of each attack.
        references: data at which the singular vectors are compared.
        leading: singular values and patterns of the map.

    Example:
        >>> Sizes(pictures=16).steps
        12
    """

    pictures: int = 8
    jacobians: int = 6
    steps: int = 12
    attacked: int = 3
    ascent: int = 4
    references: int = 2
    leading: int = 6


def six(
    f: Map,
    problem: Problem,
    key: PRNGKeyArray,
    name: str = "map",
    *,
    sizes: Sizes | None = None,
    decoder: Decoder | None = None,
) -> dict[str, Answer]:
    """Ask all six questions of one map.

    Args:
        f: a map from one datum to one image, differentiable by jvp and vjp.
        problem: what is asked about.
        key: of everything random.
        name: of the map; finds its curves in `problem.expressivity`.
        sizes: how much is looked at.
        decoder: of a map with a latent space.

    Returns:
        Question -> answer, in the order well_posed, robust, structure, understandable, expressive,
        generalising.

    Example:
        >>> import jax.numpy as jnp, lineax as lx
        >>> A = lx.DiagonalLinearOperator(jnp.array([1.0, 0.5, 0.25]))
        >>> redraw = lambda key, x, level: A.mv(x) + level * jax.random.normal(key, (3,))
        >>> x = jnp.array([[1.0, 2.0, 3.0], [3.0, 4.0, 5.0]])
        >>> clean = jax.vmap(A.mv)(x)
        >>> problem = Problem(A, x, y=clean + 0.01, clean=clean, level=0.01, redraw=redraw)
        >>> list(six(lambda y: y / jnp.array([1.0, 0.5, 0.25]), problem, jax.random.key(0)))
        ['well_posed', 'robust', 'structure', 'understandable', 'expressive', 'generalising']
    """
    sizes = sizes or Sizes()
    keys = dict(zip(QUESTIONS, jax.random.split(key, len(QUESTIONS)), strict=True))
    options: dict[str, dict[str, object]] = {
        "well_posed": {"pictures": sizes.jacobians, "steps": sizes.steps},
        "robust": {"pictures": sizes.pictures, "attacked": sizes.attacked, "steps": sizes.ascent},
        "structure": {"pictures": sizes.pictures},
        "understandable": {"references": sizes.references, "leading": sizes.leading, "decoder": decoder},
        "expressive": {"curves": problem.expressivity.get(name), "pictures": max(sizes.pictures // 2, 2)},
        "generalising": {"pictures": sizes.pictures},
    }
    return {q: module.ask(f, problem, keys[q], **options[q]) for q, module in QUESTIONS.items()}


def draw(answers: dict[str, dict[str, Answer]]):
    """One figure for each question, with all maps in it.

    Args:
        answers: map -> question -> answer, `six` of each map.

    Returns:
        Question -> matplotlib figure.
    """
    return {q: module.draw({name: a[q] for name, a in answers.items()}) for q, module in QUESTIONS.items()}
