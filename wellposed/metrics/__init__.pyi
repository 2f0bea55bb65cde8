from .images import psnr as psnr
from .images import relative_error as relative_error
from .images import ssim as ssim
from .intervals import Interval as Interval
from .intervals import QuantileInterval as QuantileInterval
from .intervals import mean_interval as mean_interval
from .intervals import quantile_interval as quantile_interval
