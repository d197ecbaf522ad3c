"""The outside judge of models with a side file: onnx's loader and checker, and Python's onnxruntime.

usage: judge_external.py MODEL WHOLE INPUT SHAPE    INPUT holds float32, SHAPE is like 4x3x8x8; WHOLE is the same in one file, or -
"""

import json
import sys

import numpy
import onnx
import onnxruntime
from onnx import numpy_helper
from onnx.external_data_helper import uses_external_data

path, whole_path, input_path, shape = sys.argv[1:]

# By its path: a model above 2 GiB cannot be checked in memory.
onnx.checker.check_model(path, full_check=True)
bare = onnx.load(path, load_external_data=False)
outside = [
    [tensor.name, {entry.key: entry.value for entry in tensor.external_data}]
    for tensor in bare.graph.initializer
    if uses_external_data(tensor)
]
values = numpy.fromfile(input_path, dtype="<f4").reshape([int(part) for part in shape.split("x")])


def outputs(model):
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, {session.get_inputs()[0].name: values})))


answer = {"outside": outside, "outputs": {name: value.tolist() for name, value in outputs(path).items()}}
if whole_path != "-":
    whole = onnx.load(whole_path)
    loaded = onnx.load(path)
    arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in loaded.graph.initializer}
    answer["same_tensors"] = all(
        numpy.array_equal(numpy_helper.to_array(tensor), arrays[tensor.name]) for tensor in whole.graph.initializer
    ) and len(arrays) == len(whole.graph.initializer)
    answer["same_outputs"] = {
        name: bool(numpy.array_equal(value, outputs(path)[name])) for name, value in outputs(whole_path).items()
    }
print(json.dumps(answer))
