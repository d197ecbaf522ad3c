"""One experiment on how to train MobileNet on few skin lesions: where the settings of `--protocol best` come from.

The test rows of split.csv are put aside first; the others make five folds with whole lesions and each class in equal parts.
The folds of --val are predicted, the rest is learnt. Without flags it is the cross-entropy baseline: class weights
n / (C n_c), flips and quarter turns, batches of 32, Adam with cosine decay to 0, batch norm momentum 0.9.
--emb E puts an embedding of E values on the unit sphere and cosines times 16 as logits; --metric supcon adds SupCon
to cross-entropy in the first --stage1 epochs. The weights' running average is predicted with as well.

    python bench/accuracy/lab.py --images DIR --split split.csv --weights DIR --out run.npz [flags]
    python bench/accuracy/lab_report.py baseline.npz:run.npz

`split.csv` has the columns file, label, group and split; `--weights` is a tfjs layers model. JSON lines go to stdout,
the probabilities of the validation images in their eight orientations to --out. README.md has the runs that we quote.
"""

import argparse
import collections
import csv
import json
import os
import random as standard_random
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf
from keras_mobilenet import BATCH, cpu_seconds, decode, turned
from lab_network import SIZE, Network, training_step
from lab_report import VIEWS, balanced_accuracy, scores_of_views, softmax

FOLDS = 5
FOLD_SEED = 7
AVERAGE_DECAY = 0.99
# The order of a sum, and with it the last digits, depends on the number of threads.
THREADS = 2


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add = parser.add_argument
    add("--images", type=Path, required=True)
    add("--split", type=Path, required=True)
    add("--weights", type=Path, required=True)
    add("--out", type=Path, required=True)
    add("--val", default="0,1", help="folds to predict, 0 to 4")
    add("--seed", type=int, default=1)
    add("--epochs", type=int, default=20)
    add("--lr", type=float, default=3e-4)
    add("--warmup", type=float, default=0, help="epochs of linear warm-up")
    add("--sampler", choices=("shuffle", "balanced"), default="shuffle")
    add("--class-weights", type=int, choices=(0, 1), default=1)
    add("--emb", type=int, default=0, help="values of an embedding; 0: pooled features, dense layer")
    add("--metric", choices=("none", "supcon"), default="none", help="beside cross-entropy")
    add("--stage1", type=int, default=0, help="epochs with the metric loss, of --epochs")
    add("--aug", choices=("dihedral", "strong"), default="dihedral")
    add("--rot", type=float, default=180, help="strong: most degrees of rotation")
    add("--quarter", type=int, choices=(0, 1), default=0, help="strong: and quarter turns")
    add("--cmin", type=float, default=0.5, help="strong: least share of the area in a crop")
    add("--jit", type=float, default=0.2, help="strong: contrast, saturation, brightness 1 +- this")
    add("--frozen", type=int, choices=(0, 1), default=0, help="fit heads on frozen embeddings too")
    args = parser.parse_args()
    if args.frozen and args.emb == 0:
        parser.error("--frozen needs --emb")
    return args


def lesion_folds(rows, labels):
    """[N] the fold of each row, -1 in the test: lesions shuffled, the largest first, each to the smallest fold."""
    lesions = collections.defaultdict(list)
    for index, row in enumerate(rows):
        if row["split"] != "test":
            lesions[row["label"], row["group"]].append(index)
    folds = np.full(len(rows), -1)
    random = standard_random.Random(FOLD_SEED)
    for label in labels:
        keys = sorted(key for key in lesions if key[0] == label)
        random.shuffle(keys)
        sizes = [0] * FOLDS
        for key in sorted(keys, key=lambda key: -len(lesions[key])):
            smallest = sizes.index(min(sizes))
            sizes[smallest] += len(lesions[key])
            folds[lesions[key]] = smallest
    return folds


def augmented(images, args, random):
    if args.aug == "dihedral":
        return turned(images, random).astype(np.float32)
    count = len(images)
    degrees = random.uniform(-args.rot, args.rot, count)
    if args.quarter:
        degrees = degrees + 90 * random.integers(0, 4, count)
    angle = degrees * np.pi / 180
    side = np.sqrt(random.uniform(args.cmin, 1, count))
    aspect = np.exp(random.uniform(-0.1, 0.1, count))
    flip = random.choice([-1, 1], count)
    room, centre = (1 - side) * SIZE / 2, (SIZE - 1) / 2
    shift_x, shift_y = random.uniform(-1, 1, count) * room, random.uniform(-1, 1, count) * room
    xx, xy = np.cos(angle) * side * aspect * flip, -np.sin(angle) * side / aspect
    yx, yy = np.sin(angle) * side * aspect * flip, np.cos(angle) * side / aspect
    x, y = centre - xx * centre - xy * centre + shift_x, centre - yx * centre - yy * centre + shift_y
    transforms = np.stack([xx, xy, x, yx, yy, y, 0 * side, 0 * side], 1).astype(np.float32)
    moved = tf.raw_ops.ImageProjectiveTransformV3(
        images=images.astype(np.float32),
        transforms=transforms,
        output_shape=[SIZE, SIZE],
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="CONSTANT",
    ).numpy()

    def factor(*shape):
        return random.uniform(1 - args.jit, 1 + args.jit, shape).astype(np.float32)

    mean = moved.mean((1, 2, 3), keepdims=True)
    contrasted = (moved - mean) * factor(count, 1, 1, 1) + mean
    grey = contrasted.mean(3, keepdims=True)
    saturated = grey + (contrasted - grey) * factor(count, 1, 1, 1)
    brightened = saturated * factor(count, 1, 1, 1)
    return np.clip(brightened * (1 + (factor(count, 1, 1, 3) - 1) * 0.25), 0, 255)


def learning_rate(args, done, steps):
    warmup, total = args.warmup * steps, args.epochs * steps
    if done < warmup:
        return args.lr * (done + 1) / warmup
    return args.lr * 0.5 * (1 + np.cos(np.pi * (done - warmup) / max(1, total - warmup)))


def balanced_batches(train, truth, random):
    """Classes in turn, each class' images in random order until all were there."""
    classes = int(truth.max()) + 1
    waiting = {c: [] for c in range(classes)}
    turn = 0
    while True:
        batch = []
        for place in range(BATCH):
            c = (place + turn) % classes
            if not waiting[c]:
                waiting[c] = list(random.permutation(train[truth[train] == c]))
            batch.append(waiting[c].pop())
        turn += 1
        yield np.array(batch)


def frozen_heads(network, pixels, truth, train, validation):
    """Logistic regressions on the averaged embedding, upright and turned once, beside the network's own head."""
    from sklearn.linear_model import LogisticRegression

    with network.averaged():
        learnt = np.concatenate([network.predict(pixels[train], view)[0] for view in (0, 3)])
        views = [network.predict(pixels[validation], view) for view in range(VIEWS)]
    log_share = np.log(np.bincount(truth[train]) / len(train))
    result = {}
    for strength in (0.1, 1, 10):
        head = LogisticRegression(C=strength, class_weight="balanced", max_iter=500)
        head.fit(learnt, np.tile(truth[train], 2))
        logits = np.stack([head.decision_function(features) for features, _ in views])
        result[f"logistic C {strength}"] = scores_of_views(logits, truth[validation])
    for tau in (0, 1, 1.5):
        logits = np.stack([logits for _, logits in views]) - tau * log_share
        result[f"own head tau {tau}"] = scores_of_views(logits, truth[validation])
    return result


def say(record):
    print(json.dumps(record, default=str), flush=True)


def main():
    args = arguments()
    tf.config.threading.set_intra_op_parallelism_threads(THREADS)
    tf.config.threading.set_inter_op_parallelism_threads(THREADS)
    tf.keras.utils.set_random_seed(args.seed)
    random = np.random.default_rng(args.seed)
    with args.split.open(newline="") as file:
        rows = list(csv.DictReader(file))
    labels = sorted({row["label"] for row in rows})
    truth = np.array([labels.index(row["label"]) for row in rows])
    folds = lesion_folds(rows, labels)
    predicted = np.isin(folds, [int(fold) for fold in args.val.split(",")])
    validation, train = np.where(predicted)[0], np.where((folds >= 0) & ~predicted)[0]
    pixels = np.zeros((len(rows), SIZE, SIZE, 3), np.uint8)
    for index in np.where(folds >= 0)[0]:
        pixels[index] = decode(args.images / rows[index]["file"], SIZE)
    network = Network(args.weights, args.emb, len(labels), random)
    counts = np.bincount(truth[train], minlength=len(labels))
    weights = len(train) / (len(labels) * counts) if args.class_weights else np.ones(len(labels))
    step = training_step(network, weights, args.metric == "supcon")
    balanced = balanced_batches(train, truth, random)
    say({"flags": vars(args), "notLoaded": network.missing, "train": len(train)})

    # The clock runs for training alone.
    steps, done, cpu = round(len(train) / BATCH), 0, 0.0
    for epoch in range(1, args.epochs + 1):
        began = cpu_seconds()
        order, losses = random.permutation(train), []
        for index in range(steps):
            shuffled = order[index * BATCH : (index + 1) * BATCH]
            batch = next(balanced) if args.sampler == "balanced" else shuffled
            images = augmented(pixels[batch], args, random).astype(np.float32)
            rate = learning_rate(args, done, steps)
            done += 1
            scalars = (rate, done, epoch <= args.stage1, min(AVERAGE_DECAY, done / (done + 10)))
            loss = step(images, truth[batch].astype(np.int32), *map(np.float32, scalars))
            losses.append([float(value) for value in loss])
        cpu += cpu_seconds() - began
        cross_entropy, metric_loss = np.mean(losses, 0)
        record = {"epoch": epoch, "crossEntropy": cross_entropy, "metricLoss": metric_loss}
        if epoch % 4 == 0 or epoch == args.epochs:
            answers = truth[validation]
            record["upright"] = balanced_accuracy(network.predict(pixels[validation])[1], answers)
            with network.averaged():
                logits = network.predict(pixels[validation])[1]
            record["averagedUpright"] = balanced_accuracy(logits, answers)
        say(record | {"cpuSeconds": cpu})
        if args.frozen and epoch in (args.stage1, args.epochs):
            say({"heads": frozen_heads(network, pixels, truth, train, validation), "epoch": epoch})

    views = range(VIEWS)
    raw = np.stack([network.predict(pixels[validation], view)[1] for view in views])
    with network.averaged():
        averaged = np.stack([network.predict(pixels[validation], view)[1] for view in views])
    answers = truth[validation]
    for name, logits in (("raw", raw), ("averaged", averaged)):
        say({"final": name, "cpuSeconds": cpu} | scores_of_views(logits, answers))
    np.savez(
        args.out,
        files=np.array([rows[index]["file"] for index in validation]),
        truth=answers,
        trainCounts=counts,
        raw=softmax(raw),
        averaged=softmax(averaged),
    )


if __name__ == "__main__":
    main()
