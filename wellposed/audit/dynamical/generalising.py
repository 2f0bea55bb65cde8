"""Question 6, generalising? The error on training trajectories, on new ones, from elsewhere, at other parameters."""

from jaxtyping import PRNGKeyArray

from ..answer import Answer
from ..generalising import draw as draw
from ..generalising import judged
from .problem import Predictor, Problem, relative_errors, rollout, some

QUESTION = "Generalising?"
DEFINITION = (
    "Generalisation gap: mean relative error of the trajectories, ||f(x0) - x|| / rms of the set, on the test set "
    "minus that on the training set. Beside it the error and the gap on every other set (other initial states, other "
    "parameters), each against the training trajectories."
)


def ask(f: Predictor, problem: Problem, key: PRNGKeyArray | None = None, *, pictures: int = 8) -> Answer:
    """Training, test and foreign error of forecasts, and their gaps.

    Equation: gap = mean_test e - mean_train e with e = sqrt(mean_t |f(x0, t) - x(t)|^2) / rms(set), over the known
    times; Welch's interval [@welch1947].

    Args:
        f: a map `(x0, parameter, ts) -> states`.
        problem: with `train` and `elsewhere`.
        key: unused, nothing is random here.
        pictures: how many trajectories of each set.

    Returns:
        The gap between test and training trajectories, or without the latter the largest gap elsewhere. The answer
        is yes if no set has more than twice the error of the first, and that is below 1; None without another set.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> from wellposed.audit.dynamical import Runs
        >>> ts = jnp.linspace(0, 1, 11)
        >>> decay = lambda x0, parameter, ts: jnp.outer(jnp.exp(-ts), x0)
        >>> runs = Runs(jax.vmap(lambda x: decay(x, None, ts))(jnp.ones((2, 3))))
        >>> ask(decay, Problem(ts, runs, noise=0.01, elsewhere={"again": runs})).number
        0.0
    """
    problem.check(f)
    errors = {}
    for name, runs in problem.sets().items():
        chosen = some(runs, pictures)
        errors[name] = relative_errors(rollout(f, problem.ts, chosen), chosen.states)
    return judged(errors, dict.fromkeys(errors, False), QUESTION, DEFINITION, "trajectories")
