from .atomic import atomic_write as atomic_write
from .atomic import read_json as read_json
from .atomic import write_csv as write_csv
from .atomic import write_json as write_json
