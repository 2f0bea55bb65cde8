"""What the page says whatever was found."""

from .networks import CLASSICAL, INFORMED, PLAIN
from .widths import DIMENSION

NAMES = {INFORMED: "knows its equation", PLAIN: "message passing", CLASSICAL: "perceptron of all values"}
SENTENCES = {INFORMED: "knows its equation", PLAIN: "only passes messages"}
MODELLING = (
    "*Asked:* how does one combine graph networks with PDEs, and do such networks generalise better?\n\n"
    "The network that knows its equation has only fluxes between neighbours: m_i u_i' = Σ_j (r_ji u_j − r_ij u_i), "
    "with u_i'' for waves, integrated by RK4. It learns one function of what describes an edge (on a mesh the two "
    "angles opposite to it, on a graph its length, and for advection the direction of the flow), which gives r. Plain "
    "message passing sees the same and has about as many parameters, but no such form; a perceptron of all values "
    "knows nothing of neighbours, and cannot be asked about another mesh. Truth is the exact solution with the "
    "cotangent Laplacian on the mesh, or a weighted Laplacian on the graph, by eigenvectors; for advection with "
    "upwind fluxes, by the matrix exponential.\n\n"
    "*What an error means:* the data are exact solutions of the semi-discrete law, without noise. A small error shows "
    "that this law was identified, not that the PDE itself is solved so well: that is what the table of spherical "
    "harmonics below measures."
)
GENERALISATION = (
    "*Asked:* how does double descent show in graph networks, when we know the dynamics? Both layers below have the "
    "same random neurons and are fitted by least squares of minimum norm [@belkin2019] to noisy changes of the heat "
    "equation on a graph of 8 nodes. The plain layer sums its neurons over the neighbours; the informed one sums their "
    "antisymmetric parts, fluxes, and so conserves the sum of u."
)
NUMBERS = (
    "The numbers behind the first question. Heat must keep to the range of its start; waves and advection where its "
    "flow runs together need not, and have no entry there. Energy is compared for heat and waves."
)
EXPRESSIVENESS = (
    "*Asked:* how do such function spaces compare with Barron's? A function with a finite norm there is "
    "approximated by m neurons with a squared error of at most a constant over m, in any dimension [@barron1993]; the "
    "orthogonal greedy algorithm finds such neurons in a dictionary of which the function is a mean [@devore1996] "
    "[@barron2008]. Networks with infinitely many neurons and such a norm learn without the curse of dimension "
    f"[@bach2017]. Here the rate is measured in {DIMENSION} dimensions, for a target in that space and for one outside."
)
