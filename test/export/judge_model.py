"""The outside judge of exported models: onnx's checker, its reference evaluator and Python's onnxruntime.

usage: judge_model.py run MODEL INPUT SHAPE      INPUT holds float32, SHAPE is like 4x3x64x64
       judge_model.py reference MODEL INPUT SHAPE   the same by the reference evaluator, which takes seconds an image
       judge_model.py make FOLDER                writes models as Python's onnx writes them
       judge_model.py equal MODEL MODEL          whether two files say the same
"""

import base64
import json
import pathlib
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper


def check(path):
    """What is not checked by shape alone: `data_prop` follows the values of shapes, `strict_mode` raises."""
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    known = {value.name for value in [*inferred.graph.value_info, *inferred.graph.output]}
    produced = {name for node in inferred.graph.node for name in node.output}
    return model, sorted(produced - known)


def read_input(path, shape):
    return numpy.fromfile(path, dtype="<f4").reshape([int(part) for part in shape.split("x")])


def packed(names, outputs):
    return {
        name: {"dims": list(output.shape), "data": base64.b64encode(output.astype("<f4").tobytes()).decode()}
        for name, output in zip(names, outputs)
    }


def run(path, input_path, shape):
    import onnxruntime

    _, without_shape = check(path)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    outputs = session.run(names, {"pixel_values": read_input(input_path, shape)})
    return {
        "without_shape": without_shape,
        "metadata": session.get_modelmeta().custom_metadata_map,
        "producer": session.get_modelmeta().producer_name,
        "input_shape": session.get_inputs()[0].shape,
        "outputs": packed(names, outputs),
    }


def reference(path, input_path, shape):
    from onnx.reference import ReferenceEvaluator

    model, without_shape = check(path)
    evaluator = ReferenceEvaluator(model)
    outputs = evaluator.run(None, {"pixel_values": read_input(input_path, shape)})
    return {"without_shape": without_shape, "outputs": packed(evaluator.output_names, outputs)}


def make(folder):
    """Every way in which onnx stores a tensor, and a node with every attribute type that models use."""
    value = helper.make_tensor_value_info
    kinds = [
        ("float32", TensorProto.FLOAT, [1.5, -2.25, 3e-5, 0.0]),
        ("float64", TensorProto.DOUBLE, [1.5, -2.25, 1e-300, 0.0]),
        ("float16", TensorProto.FLOAT16, [1.5, -2.25, 0.5, 0.0]),
        ("int8", TensorProto.INT8, [-128, 127, -1, 0]),
        ("uint8", TensorProto.UINT8, [255, 128, 1, 0]),
        ("int16", TensorProto.INT16, [-32768, 32767, -1, 0]),
        ("uint16", TensorProto.UINT16, [65535, 32768, 1, 0]),
        ("int32", TensorProto.INT32, [-(2**31), 2**31 - 1, -1, 0]),
        ("uint32", TensorProto.UINT32, [2**32 - 1, 2**31, 1, 0]),
        ("int64", TensorProto.INT64, [-(2**63), 2**63 - 1, -1, 0]),
        ("uint64", TensorProto.UINT64, [2**64 - 1, 2**63, 1, 0]),
        ("bool", TensorProto.BOOL, [True, False, True, False]),
    ]
    typed = [helper.make_tensor(f"{name}_typed", kind, [2, 2], values) for name, kind, values in kinds]
    raw = [numpy_helper.from_array(numpy_helper.to_array(tensor), tensor.name + "_raw") for tensor in typed]
    empty = helper.make_tensor("empty", TensorProto.FLOAT, [0], [])
    then = helper.make_graph(
        [helper.make_node("Constant", [], ["y"], value=typed[0])], "then", [], [value("y", TensorProto.FLOAT, [2, 2])]
    )
    nodes = [
        helper.make_node("If", ["condition"], ["chosen"], name="if", then_branch=then, else_branch=then),
        helper.make_node(
            "Conv", ["x", "w"], ["convolved"], name="conv", pads=[0, 1, 0, 1], strides=[1, 1], auto_pad="NOTSET"
        ),
        helper.make_node(
            "Custom", ["convolved", ""], ["z"], name="ünïcode", domain="org.example",
            ratio=0.1, ratios=[0.1, -2.0], words=["a", "b"], tensor_list=[typed[0], raw[1]], deep=-(2**40),
            doc_string="a custom operator",
        ),
    ]
    graph = helper.make_graph(
        nodes,
        "all",
        [value("x", TensorProto.FLOAT, ["N", 1, None, 4]), value("condition", TensorProto.BOOL, [])],
        [value("z", TensorProto.FLOAT, None), value("chosen", TensorProto.FLOAT, [2, 2])],
        [*typed, *raw, empty, numpy_helper.from_array(numpy.ones((1, 1, 1, 3), "float32"), "w")],
        doc_string="of the graph",
        value_info=[value("convolved", TensorProto.FLOAT, ["N", 1, None, 4])],
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("org.example", 3)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name="python", model_version=9)
    helper.set_model_props(model, {"key": "value", "ключ": "значение"})
    path = str(pathlib.Path(folder) / "all.onnx")
    onnx.save(model, path)
    return [path]


def normal(message):
    """Tensors compare by value, wherever they are stored; everything else by its own bytes."""
    if isinstance(message, TensorProto):
        array = numpy_helper.to_array(message)
        return [message.name, message.data_type, list(array.shape), array.tobytes().hex()]
    if not hasattr(message, "ListFields"):
        return message
    fields = {}
    for field, content in message.ListFields():
        many = hasattr(content, "append")
        fields[field.name] = [normal(item) for item in content] if many else normal(content)
    return fields


def equal(first, second):
    return normal(onnx.load(first)) == normal(onnx.load(second))


command, *arguments = sys.argv[1:]
print(json.dumps({"run": run, "reference": reference, "make": make, "equal": equal}[command](*arguments)))
