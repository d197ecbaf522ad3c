"""onnx's checker and shape inference over every model of a folder; prints what is wrong with which.

usage: judge_folder.py FOLDER
"""

import json
import pathlib
import sys

import onnx


def problems(path):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    known = {value.name for value in [*inferred.graph.value_info, *inferred.graph.output]}
    produced = {name for node in inferred.graph.node for name in node.output}
    return sorted(produced - known)


def main(folder):
    found = {}
    for path in sorted(pathlib.Path(folder).glob("*.onnx")):
        try:
            found[path.name] = problems(path)
        except Exception as error:
            found[path.name] = [str(error)]
    print(json.dumps(found))


main(sys.argv[1])
