from . import audit as audit
from . import dynamics as dynamics
from . import geometry as geometry
from . import inverse as inverse
from . import io as io
from . import metrics as metrics
from . import nn as nn
from . import operators as operators
from . import recipes as recipes
from . import report as report
from . import simulate as simulate
from . import train as train

__version__: str
