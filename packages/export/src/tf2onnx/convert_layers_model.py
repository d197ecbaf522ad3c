"""Converts a tfjs layers model to ONNX: model.json -> Keras -> SavedModel -> tf2onnx.

usage: convert_layers_model.py versions
       convert_layers_model.py convert REQUEST      a JSON object:
         model    path of the model.json
         folder   an empty folder; model.onnx and what is made on the way go there, and nothing elsewhere
         opset    17
         layers   names of layers whose outputs are wanted besides the model's own
         size     [height, width] where the model leaves its input open, or null

On the standard output goes one JSON object a line: {"stage": ...} when a stage begins, then {"result": ...} or
{"problem": ..., "message": ...}. All that TensorFlow and tf2onnx print goes to the standard error. When the standard
input of `convert` ends, whoever started it is gone: it removes its folder and ends.

It reads the files itself, and shares no line with the TypeScript converter, which it is a judge of. The package
`tensorflowjs` would read them too, and imports JAX, Flax and TensorFlow Decision Forests for it.
"""

import collections
import importlib.metadata
import importlib.util
import json
import logging
import os
import pathlib
import platform
import shutil
import sys
import threading

# The answers' own way out: libraries, C++ among them, print to the descriptor 1 what is no answer.
ANSWERS = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)

NEEDED_MODULES = ("numpy", "tensorflow", "keras", "h5py", "onnx", "tf2onnx")
PACKAGES = ("tf2onnx", "tensorflow", "tensorflow-cpu", "tensorflow-intel", "keras", "onnx", "numpy")

# The layers of tfjs-layers 4.22 that are not recurrent, those of Keras that do nothing to an image in use, and our own. A
# list of what may be, not of what may not: Keras makes more of a name than a layer. A Lambda's config is Python
# bytecode, which it runs; others read and write files.
LAYERS = """
Activation ActivityRegularization Add AlphaDropout Average AveragePooling1D AveragePooling2D AveragePooling3D
BatchNormalization CategoryEncoding CenterCrop Concatenate Conv1D Conv2D Conv2DTranspose Conv3D Conv3DTranspose Cropping2D
Dense DepthwiseConv2D Dot Dropout ELU Embedding Flatten Functional GaussianDropout GaussianNoise GlobalAveragePooling1D
GlobalAveragePooling2D GlobalMaxPooling1D GlobalMaxPooling2D InputLayer LayerNormalization LeakyReLU Masking MaxPooling1D
MaxPooling2D MaxPooling3D Maximum Minimum Model Multiply Normalization PReLU Permute RandomBrightness RandomContrast
RandomFlip RandomRotation RandomTranslation RandomZoom ReLU RepeatVector Rescaling Reshape Resizing SeparableConv2D
Sequential Softmax SpatialDropout1D SpatialDropout2D Subtract ThresholdedReLU TimeDistributed UpSampling2D ZeroPadding2D
L2Normalize MeanOverViews OrientationViews
""".split()

# What one value of each type takes in a shard; quantised weights take that of their `quantization.dtype`.
SIZES = {"float32": 4, "int32": 4, "bool": 1, "uint8": 1, "uint16": 2, "float16": 2}

# A GraphDef, which SavedModel and tf2onnx pass around, is one protobuf: 2 GB at most, its nodes included.
MAX_WEIGHT_BYTES = 2**31 - 2**24


class Problem(Exception):
    def __init__(self, kind, message, **details):
        super().__init__(message)
        self.kind = kind
        self.details = details


def answer(**values):
    print(json.dumps(values), file=ANSWERS, flush=True)


def versions():
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name.split("-")[0]] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            pass
    return found


def check_model(path):
    """tf2onnx says in its log what it cannot write, and writes it all the same: a node of TensorFlow's name."""
    import onnx

    unknown = [node for node in onnx.load(path).graph.node if not onnx.defs.has(node.op_type, node.domain)]
    if unknown:
        kinds = ", ".join(f'"{node.name}" ({node.op_type})' for node in unknown)
        layers = [{"name": node.name, "className": node.op_type} for node in unknown]
        raise Problem("operation-unsupported", f"tf2onnx does not write these operations: {kinds}", layers=layers)
    try:
        onnx.checker.check_model(str(path), full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        reason = str(error).strip().splitlines()[0]
        raise Problem("operation-unsupported", f"tf2onnx wrote what is not valid ONNX ({reason})") from error


def check_environment():
    """Says what TensorFlow would say in a hundred lines, before it is imported."""
    found = versions()
    number = lambda name: tuple(int(part) for part in found.get(name, "0.0").split(".")[:2])
    if sys.version_info[:2] not in ((3, 10), (3, 11)):
        raise Problem("python-version", f"Python {found['python']} is neither 3.10 nor 3.11")
    missing = [name for name in NEEDED_MODULES if importlib.util.find_spec(name) is None]
    if missing:
        raise Problem("module-missing", f"the Python module {missing[0]} is missing", modules=missing)
    if number("numpy") >= (2, 0):
        raise Problem("numpy-version", f"NumPy {found['numpy']} is there, and tf2onnx uses what NumPy 2 removed")
    if number("tensorflow") >= (2, 16) or number("keras") >= (3, 0):
        raise Problem(
            "tensorflow-version",
            f"TensorFlow {found.get('tensorflow')} with Keras {found.get('keras')} is there, and Keras 3 reads no config of tfjs",
        )
    return found


def end_with_parent(folder):
    """No `finally` runs in a process that is killed: then nothing but this removes what its child wrote."""

    def watch():
        while os.read(0, 4096):
            pass
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def read_document(path):
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise Problem("file-missing", f"there is no file {path}") from error
    except (OSError, ValueError, RecursionError) as error:
        raise Problem("model-invalid", f"{path.name} cannot be read as JSON ({error})") from error
    if isinstance(document, dict) and document.get("format") == "graph-model":
        raise Problem("graph-model", f"{path.name} is a graph model, not a layers model")
    if not isinstance(document, dict) or not isinstance(document.get("modelTopology"), dict):
        raise Problem("model-invalid", f"{path.name} is not a tfjs layers model")
    return document


def read_shards(folder, paths):
    for name in paths:
        # By the name alone: a link is the user's own, and caches are full of them.
        if os.path.isabs(name) or os.path.normpath(name).startswith(".."):
            raise Problem("model-invalid", f'the weight file "{name}" lies outside its folder')
        try:
            yield (folder / name).read_bytes()
        except OSError as error:
            raise Problem("model-invalid", f'the weight file "{name}" cannot be read ({error.strerror})') from error


def read_weights(folder, manifest):
    """Every weight by name, as float32, int32 or bool; quantised ones as scale * value + min."""
    import numpy

    weights = {}
    for group in manifest:
        data = b"".join(read_shards(folder, group["paths"]))
        offset = 0
        for spec in group["weights"]:
            name, shape, quantization = spec["name"], spec["shape"], spec.get("quantization")
            dtype = quantization["dtype"] if quantization else spec["dtype"]
            if dtype not in SIZES:
                raise Problem("model-invalid", f'the weight "{name}" is of type {dtype}')
            count = 1
            for size in shape:
                count *= size
            end = offset + count * SIZES[dtype]
            if not offset <= end <= len(data):
                raise Problem("model-invalid", f'the weight files end within "{name}"')
            value = numpy.frombuffer(data[offset:end], numpy.dtype(dtype).newbyteorder("<")).reshape(shape)
            if quantization and dtype == "float16":
                value = value.astype("float32")
            elif quantization:
                value = (value.astype("float32") * quantization["scale"] + quantization["min"]).astype(spec["dtype"])
            weights[name] = value
            offset = end
        if offset != len(data):
            raise Problem("model-invalid", f"the weight files hold {len(data)} bytes instead of {offset}")
    return weights


def plain(value, unknown):
    """
    A config without what only training needs: the weights are read, so how they would be made or held down does not
    matter. `unknown` takes each class that is none of the layers, with its name.
    """
    if isinstance(value, list):
        return [plain(item, unknown) for item in value]
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("activation"), dict) and not value["activation"].get("config"):
        value = {**value, "activation": value["activation"]["class_name"]}
    if "class_name" in value and value["class_name"] not in LAYERS:
        name = value.get("name") or (value.get("config") or {}).get("name")
        unknown.append({"name": str(name), "className": str(value["class_name"])})
    result = {}
    for key, item in value.items():
        if key.endswith("_initializer"):
            result[key] = "zeros"
        elif key.endswith(("_regularizer", "_constraint")):
            result[key] = None
        elif key == "module" or key == "batch_shape":
            raise Problem("keras-3-config", "the model was saved by Keras 3, whose configs neither tfjs nor Keras 2 reads")
        else:
            result[key] = plain(item, unknown)
    return result


def custom_objects():
    """The layers that Isometry's trainer registers with tfjs, and what tfjs has otherwise than Keras."""
    import tensorflow as tf

    class L2Normalize(tf.keras.layers.Layer):
        """x / max(norm of x, epsilon) over the last axis."""

        def __init__(self, epsilon=1e-12, **options):
            super().__init__(**options)
            self.epsilon = epsilon

        def call(self, x):
            return x / tf.maximum(tf.norm(x, axis=-1, keepdims=True), self.epsilon)

    class OrientationViews(tf.keras.layers.Layer):
        """A square in its eight orientations, one batch after the other."""

        def call(self, x):
            flips = lambda y: [y, tf.reverse(y, [2]), tf.reverse(y, [1]), tf.reverse(y, [1, 2])]
            return tf.concat([*flips(x), *flips(tf.transpose(x, [0, 2, 1, 3]))], 0)

    class MeanOverViews(tf.keras.layers.Layer):
        """The mean over batches that lie one after the other."""

        def __init__(self, views, **options):
            super().__init__(**options)
            self.views = views

        def call(self, x):
            return tf.reduce_mean(tf.reshape(x, [self.views, -1, x.shape[-1]]), 0)

    class UpSampling2D(tf.keras.layers.UpSampling2D):
        """As tfjs computes it: pixels lie at their corners, where Keras has them at their centres."""

        def call(self, x):
            if self.interpolation != "bilinear":
                return super().call(x)
            size = [side * factor for side, factor in zip(x.shape[1:3], self.size)]
            return tf.compat.v1.image.resize_bilinear(x, size, half_pixel_centers=False)

    layers = {kind.__name__: kind for kind in (L2Normalize, OrientationViews, MeanOverViews, UpSampling2D)}
    return {**layers, "relu6": tf.nn.relu6, "gelu_new": lambda x: tf.nn.gelu(x, approximate=True)}


def read_topology(topology, size):
    """The config of a model of layers that are all known, its open height and width filled in."""
    unknown = []
    config = plain(topology.get("model_config", topology), unknown)
    if unknown:
        kinds = ", ".join(f'"{each["name"]}" ({each["className"]})' for each in unknown)
        raise Problem("layer-unknown", f"Keras does not build these layers: {kinds}", layers=unknown)
    if config.get("class_name") not in ("Functional", "Model", "Sequential"):
        raise Problem("model-invalid", "its topology is not a model of layers")
    if isinstance(config.get("config"), list):
        # How Sequential was written before it had a name.
        config["config"] = {"name": "sequential", "layers": config["config"]}
    if not config["config"]["layers"]:
        raise Problem("model-invalid", "the model has no layers")
    if size:
        shape = config["config"]["layers"][0]["config"].get("batch_input_shape", [])
        shape[1:3] = [given if known is None else known for known, given in zip(shape[1:3], size)]
    return config


def build_model(config, weights):
    """The Keras model of a config with its weights, which are called `layer/weight`."""
    import tensorflow as tf

    model = tf.keras.models.model_from_json(json.dumps(config), custom_objects=custom_objects())
    if not model.built or not model.inputs:
        raise Problem("model-invalid", "the model does not say the shape of its input")
    names = [weight.name.split(":")[0] for weight in model.weights]
    for name in [name for name in weights if name not in names and name.count("/") > 1]:
        # `layer/cell/weight`, as TensorFlow 2.2 began to write, which tfjs reads as `layer/weight`.
        first, _, last = name.rsplit("/", 2)
        weights[f"{first}/{last}"] = weights.pop(name)
    for name, weight in zip(names, model.weights):
        if name not in weights:
            raise Problem("model-invalid", f'the weight "{name}" is missing')
        if tuple(weight.shape) != weights[name].shape:
            shapes = f"{list(weights[name].shape)} instead of {list(weight.shape)}"
            raise Problem("model-invalid", f'the weight "{name}" has the shape {shapes}')
    twice = [name for name, count in collections.Counter(names).items() if count > 1]
    if twice:
        raise Problem("model-invalid", f'two weights are called "{twice[0]}"')
    left = sorted(set(weights) - set(names))
    if left:
        raise Problem("model-invalid", f'no layer takes the weight "{left[0]}"')
    model.set_weights([weights[name] for name in names])
    return model


def output_of(model, name):
    """Of a layer that the model itself calls; what lies inside a nested model has no output in this one."""
    try:
        return model.get_layer(name).output
    except ValueError as error:
        raise Problem("layer-missing", f'Keras finds no layer "{name}" in the model', layer=name) from error


def save(network, inputs, outputs, folder):
    """A SavedModel of one signature. Not Keras' own `save`, which writes a function for every layer."""
    import tensorflow as tf

    module = tf.Module()
    module.weights_of_network = network.variables
    specs = [tf.TensorSpec(tensor.shape, tensor.dtype, name=name) for name, tensor in inputs.items()]

    @tf.function(input_signature=specs)
    def serve(*tensors):
        results = network(list(tensors), training=False)
        return dict(zip(outputs, results if isinstance(results, list) else [results]))

    tf.saved_model.save(module, str(folder), signatures={"serving_default": serve})


def planar(shape):
    """The shape that Keras knows, which tf2onnx loses behind a Reshape, in the order of `--outputs-as-nchw`."""
    dims = shape.as_list()
    return [dims[0], dims[3], dims[1], dims[2]] if len(dims) == 4 else dims


def convert(request):
    request = json.loads(request)
    path, folder = pathlib.Path(request["model"]), pathlib.Path(request["folder"])
    end_with_parent(folder)
    answer(stage="check", versions=check_environment())
    answer(stage="read")
    document = read_document(path)
    try:
        config = read_topology(document["modelTopology"], request["size"])
        weights = read_weights(path.parent, document["weightsManifest"])
    except (AttributeError, KeyError, IndexError, TypeError, ValueError, RecursionError) as error:
        raise Problem("model-invalid", f"{path.name} is not a tfjs layers model ({error!r})") from error
    total = sum(value.nbytes for value in weights.values())
    if total > MAX_WEIGHT_BYTES:
        raise Problem("too-large", f"its weights take {total} bytes, and a graph of TensorFlow's 2 GB at most")

    answer(stage="tensorflow")
    import tensorflow as tf

    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    answer(stage="keras")
    model = build_model(config, weights)
    # Neutral names: those of layers hold characters that a signature does not take.
    inputs = {f"input_{index}": tensor for index, tensor in enumerate(model.inputs)}
    wanted = dict(zip(model.output_names, model.outputs))
    wanted.update({name: output_of(model, name) for name in request["layers"] if name not in wanted})
    outputs = {f"output_{index}": name for index, name in enumerate(wanted)}
    network = tf.keras.Model(model.inputs, list(wanted.values()))
    answer(stage="saved-model")
    save(network, inputs, outputs, folder / "saved_model")

    answer(stage="tf2onnx")
    # As `python -m tf2onnx.convert` would, without importing TensorFlow once more.
    import tf2onnx.convert

    images = ",".join(name for name, tensor in inputs.items() if len(tensor.shape) == 4)
    maps = ",".join(name for name, tensor in zip(outputs, wanted.values()) if len(tensor.shape) == 4)
    sys.argv = ["tf2onnx", "--saved-model", str(folder / "saved_model"), "--output", str(folder / "model.onnx")]
    sys.argv += ["--tag", "serve", "--signature_def", "serving_default", "--opset", str(request["opset"])]
    sys.argv += ["--inputs-as-nchw", images] if images else []
    sys.argv += ["--outputs-as-nchw", maps] if maps else []
    tf2onnx.convert.main()
    check_model(folder / "model.onnx")
    described = lambda name, layer, tensor: {"name": name, "layer": layer, "dims": planar(tensor.shape)}
    return {
        "inputs": [described(*each) for each in zip(inputs, model.input_names, model.inputs)],
        "outputs": [described(*each) for each in zip(outputs, wanted, wanted.values())],
    }


def main(command, *arguments):
    try:
        answer(result={"versions": check_environment, "convert": convert}[command](*arguments))
    except Problem as problem:
        answer(problem=problem.kind, message=str(problem), details=problem.details)
        sys.exit(1)


main(*sys.argv[1:])
