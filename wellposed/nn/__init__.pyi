from .coders import LinearDecoder as LinearDecoder
from .coders import LinearEncoder as LinearEncoder
from .coders import Residual as Residual
from .convolution import Convolution3 as Convolution3
from .convolution import ConvolutionalNetwork as ConvolutionalNetwork
from .convolution import from_channels as from_channels
from .convolution import to_channels as to_channels
from .perceptron import Perceptron as Perceptron
