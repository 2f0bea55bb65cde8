from .checkpoint import load_model as load_model
from .checkpoint import save_model as save_model
from .fit import FitResult as FitResult
from .fit import Result as Result
from .fit import fit as fit
from .history import History as History
from .minibatches import Minibatches as Minibatches
from .progress import Progress as Progress
