"""Keras' own backbones: `make FOLDER` writes weights as Keras' official files are laid out, inputs and features.

Weights are Keras' random ones, but for batch normalisations: their statistics, scales and offsets are drawn too, so
that no layer is the identity.
"""

import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import h5py
import numpy as np
from tensorflow import keras

applications = keras.applications

# Height and width differ, so that a swapped axis shows. InceptionV3 takes 75 pixels at least.
CASES = {
    "mobilenet": (applications.MobileNet, {}, (64, 47)),
    "mobilenet_0.5": (applications.MobileNet, {"alpha": 0.5}, (33, 48)),
    "resnet50": (applications.ResNet50, {}, (64, 41)),
    "inceptionv3": (applications.InceptionV3, {}, (75, 107)),
}


def randomise(model, random):
    for layer in model.layers:
        if not isinstance(layer, keras.layers.BatchNormalization):
            continue
        layer.set_weights(
            [
                random.uniform(0.5, 1.5, value.shape)
                if name.endswith(("gamma:0", "moving_variance:0"))
                else random.normal(0, 0.2, value.shape)
                for name, value in zip([weight.name for weight in layer.weights], layer.get_weights())
            ]
        )
    # Keras starts ResNet's biases at 0.
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv2D) and layer.bias is not None:
            layer.bias.assign(random.normal(0, 0.1, layer.bias.shape))


def as_of_2017(path):
    """Names as fixed-length byte strings, and counted from another number: as in the official InceptionV3 file."""
    with h5py.File(path, "r+") as file:
        names = [name if isinstance(name, bytes) else name.encode() for name in file.attrs["layer_names"]]
        renamed = []
        for name in names:
            kind, _, number = name.decode().rpartition("_")
            new = name
            if name.decode() in ("conv2d", "batch_normalization", "activation"):
                new = name + b"_1"
            elif kind in ("conv2d", "batch_normalization", "activation"):
                new = f"{kind}_{int(number) + 1}".encode()
            renamed.append((name, new))
        # From the highest number down, so that no name is taken.
        for old, new in reversed(sorted(renamed, key=lambda pair: (len(pair[0]), pair[0]))):
            if old != new:
                file.move(old.decode(), new.decode())
        file.attrs["layer_names"] = np.array([new for _, new in renamed], dtype="S")
        for _, new in renamed:
            group = file[new.decode()]
            weights = [str(name) for name in group.attrs["weight_names"]]
            group.attrs["weight_names"] = np.array([name.encode() for name in weights], dtype="S")


def make(folder):
    answers = {}
    for index, (name, (build, options, size)) in enumerate(CASES.items()):
        keras.backend.clear_session()
        keras.utils.set_random_seed(index)
        random = np.random.default_rng(index)
        model = build(include_top=False, weights=None, pooling="avg", input_shape=(*size, 3), **options)
        randomise(model, random)
        weights = os.path.join(folder, f"{name}.h5")
        model.save_weights(weights)
        if name == "inceptionv3":
            as_of_2017(weights)
        # Pixels, 0 to 255 and RGB, as `preprocess_input` takes them.
        pixels = random.uniform(0, 255, (3, *size, 3)).astype(np.float32)
        pixels.tofile(os.path.join(folder, f"{name}.pixels"))
        module = getattr(applications, name.split("_")[0].replace("inceptionv3", "inception_v3"))
        features = model(module.preprocess_input(pixels.copy()), training=False).numpy()
        features.astype("<f4").tofile(os.path.join(folder, f"{name}.features"))
        answers[name] = {
            "shape": list(pixels.shape),
            "features": features.shape[1],
            "weights": len(model.weights),
            "layers": [layer.name for layer in model.layers],
        }
    print(json.dumps(answers))


if __name__ == "__main__":
    make(*sys.argv[2:])
