"""Other libraries' losses and their gradients.

usage: judge_losses.py CASES     CASES is a JSON file: a list of {"loss", "rows", "labels"}

Prints a list of {"value", "gradient"}. A loss is a name of LOSSES, of TensorFlow Addons (float32) or of
pytorch-metric-learning (float64).
"""

import json
import os
import sys
import warnings

warnings.simplefilter("ignore")
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""


def addons():
    import tensorflow as tf
    from tensorflow_addons import losses

    # Tracing a graph for every shape of batch would take a minute.
    tf.config.run_functions_eagerly(True)

    def contrastive(labels, rows):
        # Addons takes the pairs' distances: every unordered pair once.
        size = len(labels)
        first, second = zip(*[(i, j) for i in range(size) for j in range(i + 1, size)])
        same = tf.cast(tf.gather(labels, first) == tf.gather(labels, second), tf.float32)
        distances = tf.norm(tf.gather(rows, first) - tf.gather(rows, second), axis=1)
        return tf.reduce_mean(losses.contrastive_loss(same, distances, margin=1.0))

    table = {
        "addons contrastive": contrastive,
        "addons semihard": losses.triplet_semihard_loss,
        "addons semihard squared": lambda y, x: losses.triplet_semihard_loss(
            y, x, margin=0.2, distance_metric="squared-L2"
        ),
        "addons hard": losses.triplet_hard_loss,
        "addons lifted": losses.lifted_struct_loss,
    }

    def evaluate(name, rows, labels):
        x = tf.constant(rows, tf.float32)
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = table[name](tf.constant(labels), x)
        return float(value), tf.convert_to_tensor(tape.gradient(value, x)).numpy().ravel().tolist()

    return evaluate


def pml():
    import torch
    from pytorch_metric_learning import distances, losses, miners

    raw = distances.LpDistance(normalize_embeddings=False)
    squared = distances.LpDistance(power=2)
    # A loss, and a miner or None.
    table = {
        "pml contrastive": (losses.ContrastiveLoss(), None),
        "pml triplet": (losses.TripletMarginLoss(), None),
        "pml triplet squared": (losses.TripletMarginLoss(0.2, distance=squared), None),
        "pml triplet hard": (losses.TripletMarginLoss(0.2), miners.BatchHardMiner()),
        "pml triplet semihard": (losses.TripletMarginLoss(0.2), miners.TripletMarginMiner(0.2, "semihard")),
        "pml lifted": (losses.LiftedStructureLoss(), None),
        "pml lifted raw": (losses.LiftedStructureLoss(distance=raw), None),
        "pml generalized lifted": (losses.GeneralizedLiftedStructureLoss(), None),
        "pml multi-similarity": (losses.MultiSimilarityLoss(), miners.MultiSimilarityMiner()),
        "pml multi-similarity all": (losses.MultiSimilarityLoss(), None),
        "pml supervised contrastive": (losses.SupConLoss(), None),
    }

    def evaluate(name, rows, labels):
        loss, miner = table[name]
        x = torch.tensor(rows, dtype=torch.double, requires_grad=True)
        y = torch.tensor(labels)
        value = loss(x, y, miner(x, y) if miner else None)
        (gradient,) = torch.autograd.grad(value, x, allow_unused=True)
        zeros = torch.zeros_like(x) if gradient is None else gradient
        return float(value), zeros.ravel().tolist()

    return evaluate


def main(path):
    with open(path, encoding="utf-8") as file:
        cases = json.load(file)
    evaluate = (addons if cases[0]["loss"].startswith("addons") else pml)()
    results = [evaluate(case["loss"], case["rows"], case["labels"]) for case in cases]
    json.dump([{"value": value, "gradient": gradient} for value, gradient in results], sys.stdout)


main(sys.argv[1])
