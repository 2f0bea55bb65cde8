from .primitive import linear_primitive as linear_primitive
