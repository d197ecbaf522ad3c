"""onnxruntime's own quantize_static, per channel, as its documentation advises for CPUs.

usage: quantize_static.py MODEL IMAGES SHAPE METHOD OUT     IMAGES holds float32, SHAPE is like 128x3x128x128,
                                                            METHOD is MinMax, Percentile or Entropy
"""

import importlib.util
import pathlib
import sys
import tempfile
import types

import numpy

if importlib.util.find_spec("sympy") is None:
    # Imported for symbolic shapes, which are skipped below: a network with fixed sizes needs none.
    sys.modules["sympy"] = types.ModuleType("sympy")

from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

BATCH = 16


class Images(CalibrationDataReader):
    def __init__(self, path, dims):
        self.images = numpy.fromfile(path, dtype="<f4").reshape(dims)
        self.starts = iter(range(0, dims[0], BATCH))

    def get_next(self):
        start = next(self.starts, None)
        return None if start is None else {"pixel_values": self.images[start : start + BATCH]}


model, images, shape, method, out = sys.argv[1:]
with tempfile.TemporaryDirectory() as folder:
    prepared = str(pathlib.Path(folder) / "prepared.onnx")
    quant_pre_process(model, prepared, skip_symbolic_shape=True)
    quantize_static(
        prepared,
        out,
        Images(images, [int(part) for part in shape.split("x")]),
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        calibrate_method=CalibrationMethod[method],
    )
