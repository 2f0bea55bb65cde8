from .laws import adjoint_error as adjoint_error
from .matrix import Matrix as Matrix
from .operator import Operator as Operator
from .operator import Wrapped as Wrapped
from .primitive import linear_primitive as linear_primitive
