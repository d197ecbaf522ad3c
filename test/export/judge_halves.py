"""Whether NumPy rounds weights to the same float16.

usage: judge_halves.py FLOAT32_MODEL FLOAT16_MODEL
"""

import json
import sys

import numpy
import onnx
from onnx import numpy_helper

before, after = [
    {tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(path).graph.initializer} for path in sys.argv[1:]
]
halves = {name: array for name, array in after.items() if array.dtype == numpy.float16}
same = [array.tobytes() == before[name].astype(numpy.float16).tobytes() for name, array in halves.items()]
print(json.dumps({"halves": len(same), "different": same.count(False)}))
