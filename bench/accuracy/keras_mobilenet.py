"""The Keras baseline of bench/accuracy: MobileNet 1.0 fine-tuned with cross-entropy, as a careful user would.

Cross-entropy with class weights n / (C n_c), flips and quarter turns, batches of 32, Adam 3e-4 with cosine
decay to 0, batch norm momentum 0.9, pooled features -> one dense layer. It trains on the `train` rows alone and
reports the `test` rows as they are after the last epoch; the validation curve is reported, never used.

    python bench/accuracy/keras_mobilenet.py --images DIR --split split.csv --weights DIR --out results.json

`split.csv` has the columns file, label and split. `--pixels` names a file of uint8 [N, size, size, 3] in the
order of split.csv, so that both sides learn from the same pixels; without it the images are decoded by Pillow
(longer side to `size`, bilinear, black bars). `--weights` is a tfjs layers model: model.json and float32 shards.
"""

import argparse
import csv
import json
import os
import resource
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

BATCH = 32
LEARNING_RATE = 3e-4
BATCH_NORM_MOMENTUM = 0.9


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--images", type=Path)
    parser.add_argument("--split", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--pixels", type=Path)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--threads", type=int, default=0, help="0: as many as TensorFlow takes")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    if args.pixels is None and args.images is None:
        parser.error("--images or --pixels is needed")
    return args


def decode(path, size):
    """uint8 [size, size, 3], the picture contained, the rest black."""
    from PIL import Image

    image = Image.open(path).convert("RGB")
    scale = size / max(image.size)
    width, height = (max(1, round(side * scale)) for side in image.size)
    canvas = Image.new("RGB", (size, size))
    resized = image.resize((width, height), Image.Resampling.BILINEAR)
    canvas.paste(resized, ((size - width) // 2, (size - height) // 2))
    return np.asarray(canvas)


def read_pixels(args, rows):
    if args.pixels is None:
        return np.stack([decode(args.images / row["file"], args.size) for row in rows])
    shape = (len(rows), args.size, args.size, 3)
    pixels = np.fromfile(args.pixels, np.uint8)
    if pixels.size != np.prod(shape):
        raise SystemExit(f"{args.pixels} holds {pixels.size} bytes, {shape} needs {np.prod(shape)}")
    return pixels.reshape(shape)


def load_weights(model, folder):
    """Assigns by name what the tfjs layers model has; returns the names it has not."""
    known = {}
    for group in json.loads((folder / "model.json").read_text())["weightsManifest"]:
        shards = [folder / path for path in group["paths"]]
        if not all(shard.exists() for shard in shards):
            continue
        values = np.frombuffer(b"".join(shard.read_bytes() for shard in shards), "<f4")
        offset = 0
        for entry in group["weights"]:
            count = int(np.prod(entry["shape"]))
            known[entry["name"]] = values[offset : offset + count].reshape(entry["shape"])
            offset += count
    missing = []
    for variable in model.weights:
        name = variable.name.split(":")[0]
        if name in known:
            variable.assign(known[name])
        else:
            missing.append(name)
    return missing


def build(size, classes, weights):
    base = tf.keras.applications.MobileNet(
        input_shape=(size, size, 3), include_top=False, weights=None, alpha=1.0
    )
    missing = load_weights(base, weights)
    for layer in base.layers:
        if isinstance(layer, tf.keras.layers.BatchNormalization):
            layer.momentum = BATCH_NORM_MOMENTUM
    pooled = tf.keras.layers.GlobalAveragePooling2D()(base.output)
    logits = tf.keras.layers.Dense(classes, name="classifier")(pooled)
    return tf.keras.Model(base.input, logits), missing


def turned(images, random):
    """Each square picture in one of its eight orientations."""
    out = np.empty_like(images)
    for index, orientation in enumerate(random.integers(0, 8, len(images))):
        picture = np.rot90(images[index], orientation % 4)
        out[index] = picture[:, ::-1] if orientation >= 4 else picture
    return out


def scaled(images):
    return images.astype(np.float32) / 127.5 - 1


def scores(logits, truth, classes):
    predicted = logits.argmax(1)
    recalls = [float(np.mean(predicted[truth == c] == c)) for c in range(classes)]
    return {
        "accuracy": float(np.mean(predicted == truth)),
        "balancedAccuracy": float(np.mean(recalls)),
        "recalls": recalls,
    }


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main():
    args = arguments()
    tf.config.threading.set_intra_op_parallelism_threads(args.threads)
    tf.keras.utils.set_random_seed(args.seed)
    random = np.random.default_rng(args.seed)
    with args.split.open(newline="") as file:
        rows = list(csv.DictReader(file))
    labels = sorted({row["label"] for row in rows})
    truth = np.array([labels.index(row["label"]) for row in rows])
    part = {
        name: np.array([i for i, row in enumerate(rows) if row["split"] == name], dtype=int)
        for name in ("train", "validation", "test")
    }
    pixels = read_pixels(args, rows)
    model, missing = build(args.size, len(labels), args.weights)
    train = part["train"]
    counts = np.bincount(truth[train], minlength=len(labels))
    class_weights = tf.constant(len(train) / (len(labels) * counts), tf.float32)

    steps = -(-len(train) // BATCH)
    schedule = tf.keras.optimizers.schedules.CosineDecay(LEARNING_RATE, args.epochs * steps)
    optimizer = tf.keras.optimizers.Adam(schedule)

    @tf.function(reduce_retracing=True)
    def step(images, classes):
        with tf.GradientTape() as tape:
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(
                classes, model(images, training=True)
            )
            loss = tf.reduce_mean(tf.gather(class_weights, classes) * losses)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        return loss

    @tf.function(reduce_retracing=True)
    def forward(images):
        return model(images, training=False)

    def predict(indices):
        if len(indices) == 0:
            return np.zeros((0, len(labels)), np.float32)
        batches = range(0, len(indices), 64)
        return np.concatenate(
            [forward(scaled(pixels[indices[start : start + 64]])).numpy() for start in batches]
        )

    # The clock runs for training alone: what the validation curve costs is left out of it.
    epochs, seconds, cpu = [], 0.0, 0.0
    for epoch in range(1, args.epochs + 1):
        began, cpu_began = time.perf_counter(), cpu_seconds()
        order = random.permutation(train)
        losses = []
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            images = scaled(turned(pixels[batch], random))
            losses.append(float(step(images, truth[batch].astype(np.int32))))
        seconds += time.perf_counter() - began
        cpu += cpu_seconds() - cpu_began
        record = {"epoch": epoch, "loss": float(np.mean(losses))}
        if len(part["validation"]):
            validation = predict(part["validation"])
            record |= scores(validation, truth[part["validation"]], len(labels))
        epochs.append(record)
        print(json.dumps(record), flush=True)

    logits = predict(part["test"])
    result = {
        "recipe": "keras-mobilenet-cross-entropy",
        "tensorflow": tf.__version__,
        "seed": args.seed,
        "epochs": args.epochs,
        "stepsPerEpoch": steps,
        "labels": labels,
        "notLoaded": missing,
        "trainImages": len(train),
        "trainSeconds": seconds,
        "trainCpuSeconds": cpu,
        "validation": epochs,
        "test": scores(logits, truth[part["test"]], len(labels)),
        "predictions": [
            {
                "file": rows[index]["file"],
                "label": rows[index]["label"],
                "predicted": labels[int(row.argmax())],
                "probabilities": [float(p) for p in tf.nn.softmax(row).numpy()],
            }
            for index, row in zip(part["test"], logits)
        ],
    }
    args.out.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps({key: result[key] for key in ("trainSeconds", "trainCpuSeconds", "test")}))


if __name__ == "__main__":
    main()
