"""One process that takes Keras' training steps when told to, one per line of stdin, and times each.

    python keras_steps.py BACKBONE BATCH SIZE CLASSES WARM_UP

Prints {"ready": true, ...} after the warm-up, then {"cpuMs", "wallMs", "peakRssBytes"} a step.
"""

import json
import os
import resource
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

backbone, batch, size, classes, warm_up = sys.argv[1], *map(int, sys.argv[2:6])
build = {
    "mobilenet": tf.keras.applications.MobileNet,
    "resnet50": tf.keras.applications.ResNet50,
    "inceptionv3": tf.keras.applications.InceptionV3,
}[backbone]

base = build(weights=None, include_top=False, pooling="avg", input_shape=(size, size, 3))
model = tf.keras.Model(base.input, tf.keras.layers.Dense(classes)(base.output))
model.compile(
    optimizer=tf.keras.optimizers.Adam(3e-4),
    loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
)
images = np.random.default_rng(1).uniform(-1, 1, (batch, size, size, 3)).astype("float32")
labels = np.arange(batch) % classes


def say(message):
    print(json.dumps(message), flush=True)


for _ in range(warm_up):
    model.train_on_batch(images, labels)
say({"ready": True, "name": f"Keras of TensorFlow {tf.__version__}", "parameters": model.count_params()})
for _ in sys.stdin:
    cpu, wall = time.process_time(), time.perf_counter()
    model.train_on_batch(images, labels)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    # Linux counts in KiB.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    say({"cpuMs": cpu * 1000, "wallMs": wall * 1000, "peakRssBytes": peak})
