"""The network of lab.py, its losses and a step of its training."""

import contextlib

import numpy as np
import tensorflow as tf
from keras_mobilenet import BATCH_NORM_MOMENTUM, load_weights

SIZE = 128
COSINE_SCALE = 16.0
TEMPERATURE = 0.1


class Network:
    """MobileNet, the head, and the running average of all their weights (and of batch norm's statistics)."""

    def __init__(self, weights, embedding, classes, random):
        base = tf.keras.applications.MobileNet(
            input_shape=(SIZE, SIZE, 3), include_top=False, weights=None, alpha=1.0
        )
        self.missing = load_weights(base, weights)
        for layer in base.layers:
            if isinstance(layer, tf.keras.layers.BatchNormalization):
                layer.momentum = BATCH_NORM_MOMENTUM
        features = tf.keras.layers.GlobalAveragePooling2D()(base.output)
        self.cosine = embedding > 0
        if self.cosine:
            features = tf.keras.layers.Dense(embedding, name="embedding")(features)
            features = tf.keras.layers.Lambda(lambda t: tf.math.l2_normalize(t, 1, 1e-12))(features)
        self.features = tf.keras.Model(base.input, features)
        limit = np.sqrt(6 / (features.shape[-1] + classes))
        kernel = random.uniform(-limit, limit, (features.shape[-1], classes))
        self.kernel = tf.Variable(kernel.astype(np.float32))
        self.bias = tf.Variable(np.zeros(classes, np.float32))
        head = [self.kernel] if self.cosine else [self.kernel, self.bias]
        self.trained = self.features.trainable_variables + head
        self.variables = self.features.weights + head
        self.averages = [tf.Variable(variable) for variable in self.variables]
        self.forward = tf.function(self._forward)

    def logits(self, features):
        if self.cosine:
            return COSINE_SCALE * tf.matmul(features, tf.math.l2_normalize(self.kernel, 0))
        return tf.matmul(features, self.kernel) + self.bias

    def _forward(self, images):
        features = self.features(images / 127.5 - 1, training=False)
        return features, self.logits(features)

    def predict(self, pixels, view=0):
        """Features and logits of pictures that are turned by `view` % 4 quarters and mirrored from 4 on."""
        flip = -1 if view >= 4 else 1
        parts = []
        for start in range(0, len(pixels), 64):
            images = np.rot90(pixels[start : start + 64], view % 4, (1, 2))[:, :, ::flip]
            parts.append(self.forward(np.ascontiguousarray(images).astype(np.float32)))
        features, logits = zip(*parts)
        return np.concatenate(features), np.concatenate(logits)

    @contextlib.contextmanager
    def averaged(self):
        kept = [variable.numpy() for variable in self.variables]
        for variable, average in zip(self.variables, self.averages):
            variable.assign(average)
        yield
        for variable, value in zip(self.variables, kept):
            variable.assign(value)


def supcon(embeddings, truth):
    """Khosla et al. 2020, eq. 2: all other samples in the denominator, mean over all anchors."""
    same = tf.equal(truth[:, None], truth[None])
    itself = tf.eye(tf.shape(truth)[0], dtype=tf.bool)
    positive = same & ~itself
    logits = tf.matmul(embeddings, embeddings, transpose_b=True) / TEMPERATURE
    logits = tf.where(itself, -1e9, logits)
    log_share = logits - tf.reduce_logsumexp(logits, 1, keepdims=True)
    count = tf.reduce_sum(tf.cast(positive, tf.float32), 1)
    total = tf.reduce_sum(tf.where(positive, log_share, 0.0), 1)
    return tf.reduce_mean(-total / tf.maximum(count, 1.0))


def training_step(network, class_weights, with_supcon):
    """One step of Adam and of the average. Returns cross-entropy and the metric loss of the batch."""
    first = [tf.Variable(tf.zeros_like(variable)) for variable in network.trained]
    second = [tf.Variable(tf.zeros_like(variable)) for variable in network.trained]
    class_weights = tf.constant(class_weights, tf.float32)

    @tf.function
    def step(images, truth, rate, count, metric_weight, decay):
        with tf.GradientTape() as tape:
            features = network.features(images / 127.5 - 1, training=True)
            losses = tf.nn.softmax_cross_entropy_with_logits(
                tf.one_hot(truth, len(class_weights)), network.logits(features)
            )
            cross_entropy = tf.reduce_mean(tf.gather(class_weights, truth) * losses)
            metric_loss = supcon(features, truth) if with_supcon else tf.constant(0.0)
            loss = cross_entropy + metric_weight * metric_loss
        gradients = tape.gradient(loss, network.trained)
        for variable, gradient, m, v in zip(network.trained, gradients, first, second):
            m.assign(0.9 * m + 0.1 * gradient)
            v.assign(0.999 * v + 0.001 * gradient * gradient)
            corrected = tf.sqrt(v / (1 - tf.pow(0.999, count))) + 1e-7
            variable.assign_sub(rate * (m / (1 - tf.pow(0.9, count)) / corrected))
        for average, variable in zip(network.averages, network.variables):
            average.assign(decay * average + (1 - decay) * variable)
        return cross_entropy, metric_loss

    return step
