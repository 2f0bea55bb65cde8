"""Question 3, structure-preserving? Whether the map keeps the laws of the system."""

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PRNGKeyArray

from wellposed.metrics import mean_interval

from .. import drawing
from ..answer import Answer
from .laws import Law, composition
from .problem import Predictor, Problem, Run, over_runs, some

QUESTION = "Structure-preserving?"
DEFINITION = (
    "Relative error of each law that the system keeps (composition of its flow, conjugacy with a latent flow, "
    "symplecticity, reversibility, energy, symmetries): the worst of them over its tolerance, mean over the "
    "trajectories. A law whose error stays below its tolerance counts as kept."
)


class _Broken(eqx.Module):
    """The error of one law at one run."""

    law: Law
    f: Predictor
    ts: Array

    def __call__(self, states: Array, parameter: Array | None) -> Array:
        return self.law.error(self.f, Run(states, parameter, self.ts))


def ask(f: Predictor, problem: Problem, key: PRNGKeyArray | None = None, *, pictures: int = 8) -> Answer:
    """The laws of the system, each as a relative error [@hairer2006].

    Args:
        f: a map `(x0, parameter, ts) -> states`.
        problem: with its `laws`; without any, the composition of the flow is asked about, which holds for every
            system that does not depend on time.
        key: unused, nothing is random here.
        pictures: how many test trajectories.

    Returns:
        The largest error over its tolerance, with Student's interval. The answer is yes if no law's mean error is
        above its tolerance.

    Example:
        >>> import jax
        >>> from wellposed.audit.dynamical import Runs
        >>> ts = jnp.linspace(0, 1, 11)
        >>> decay = lambda x0, parameter, ts: jnp.outer(jnp.exp(-ts), x0)
        >>> problem = Problem(ts, Runs(jax.vmap(lambda x: decay(x, None, ts))(jnp.ones((2, 3)))), noise=0.01)
        >>> ask(decay, problem).holds
        True
    """
    problem.check(f)
    runs, ts = some(problem.test, pictures), jnp.asarray(problem.ts)
    laws = problem.laws or (composition(),)
    errors = {}
    for law in laws:
        found = np.asarray(over_runs(_Broken(law, f, ts), runs.states, runs.parameters), float)
        errors[law.name] = np.where(np.isfinite(found), found, np.inf)
    worst = max(laws, key=lambda law: errors[law.name].mean() / law.tolerance)
    ratios = errors[worst.name] / worst.tolerance
    found = mean_interval(ratios) if np.isfinite(ratios).all() else None
    details: dict[str, float] = {}
    for law in laws:
        details |= {f"{law.name}: error": float(errors[law.name].mean()), f"{law.name}: tolerance": law.tolerance}
    holds = bool(ratios.mean() <= 1)
    return Answer(
        question=QUESTION,
        definition=DEFINITION,
        number=float(ratios.mean()),
        unit="error over tolerance",
        low=found.low if found else np.nan,
        high=found.high if found else np.nan,
        samples=ratios,
        holds=holds,
        verdict=_verdict(holds, worst.name, laws, errors),
        details=details,
        curves={f"law: {name}": row for name, row in errors.items()},
    )


def _verdict(holds: bool, worst: str, laws: tuple[Law, ...], errors: dict[str, np.ndarray]) -> str:
    kept = [law.name for law in laws if errors[law.name].mean() <= law.tolerance]
    names = ", ".join(f"{law.name} ({errors[law.name].mean():.1e})" for law in laws)
    return (
        f"{'Yes' if holds else 'No'}: {len(kept)} of {len(laws)} laws are kept within their tolerance, and {worst} is "
        f"the one kept least. Relative errors: {names}."
    )


def draw(answers: dict[str, Answer]):
    """The error of each law, for each map."""
    first = next(iter(answers.values()))
    names = [name.removeprefix("law: ") for name in first.curves]
    figure, axes = drawing.panels(len(names), rows=len(answers))
    for axis, name in zip(axes, names, strict=True):
        rows = {}
        for method, answer in answers.items():
            values = answer.curves[f"law: {name}"]
            rows[method] = (max(float(values.mean()), 1e-12), float(values.min()), float(values.max()))
        drawing.points(axis, rows, f"{name}: relative error (bar: all trajectories)", log=True)
        axis.axvline(first.details[f"{name}: tolerance"], color=drawing.INK, linestyle=":", linewidth=1)
        if axis is not axes[0]:
            axis.set_yticklabels([])
    return figure
