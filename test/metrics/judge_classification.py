"""What scikit-learn and SciPy say of predictions and probabilities.

usage: judge_classification.py CASES     CASES is a JSON file, a list; see classification-judges.test.ts

Prints a list of verdicts. Probabilities are float64, and once more float32 for the likelihood, whose clipping goes
by the type. NaN, which scikit-learn gives where a score does not exist, is null.
"""

import json
import os
import sys
import warnings

# The cases are small: on two cores, threads take ten times as long as none.
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
from scipy import stats
from sklearn import metrics
from sklearn.calibration import calibration_curve

warnings.simplefilter("ignore")


def classification(truth, predicted, classes):
    labels = list(range(classes))
    confusion = metrics.confusion_matrix(truth, predicted, labels=labels)
    shares = metrics.confusion_matrix(truth, predicted, labels=labels, normalize="true")
    scores = metrics.precision_recall_fscore_support(truth, predicted, labels=labels, zero_division=0)

    def average(kind):
        return metrics.precision_recall_fscore_support(truth, predicted, average=kind, zero_division=0)[:3]

    return {
        "confusion": confusion.tolist(),
        "shares": shares.tolist(),
        "precision": scores[0].tolist(),
        "recall": scores[1].tolist(),
        "f1": scores[2].tolist(),
        "support": scores[3].tolist(),
        "accuracy": float(metrics.accuracy_score(truth, predicted)),
        "balancedAccuracy": float(metrics.balanced_accuracy_score(truth, predicted)),
        "macro": average("macro"),
        "weighted": average("weighted"),
    }


def roc(truth, probabilities, classes):
    curves, areas = [], []
    for label in range(classes):
        positive = truth == label
        if positive.all() or not positive.any():
            curves.append(None)
            areas.append(None)
            continue
        rates = metrics.roc_curve(positive, probabilities[:, label])
        # Its first threshold is infinite.
        curves.append([rates[0].tolist(), rates[1].tolist(), rates[2][1:].tolist()])
        areas.append(float(metrics.roc_auc_score(positive, probabilities[:, label])))
    verdict = {"curves": curves, "areas": areas}
    for average in ("macro", "weighted"):
        verdict[average] = multiclass(truth, probabilities, classes, areas, average)
    return verdict


def multiclass(truth, probabilities, classes, areas, average):
    if classes == 2:
        # scikit-learn takes two classes for a binary problem: this is what 'ovr' would say.
        if None in areas:
            return None
        weights = None if average == "macro" else np.bincount(truth, minlength=2)
        return float(np.average(areas, weights=weights))
    found = metrics.roc_auc_score(
        truth, probabilities, labels=list(range(classes)), multi_class="ovr", average=average
    )
    return None if np.isnan(found) else float(found)


def calibration(truth, probabilities, bins):
    confidence = probabilities.max(axis=1)
    right = (probabilities.argmax(axis=1) == truth).astype(int)
    edges = np.linspace(0, 1, bins + 1)
    counts = np.bincount(np.searchsorted(edges[1:-1], confidence), minlength=bins)
    accuracy, mean = calibration_curve(right, confidence, n_bins=bins, pos_label=1)
    verdict = {
        "edges": edges.tolist(),
        "counts": counts.tolist(),
        "accuracy": accuracy.tolist(),
        "confidence": mean.tolist(),
        "ece": float(np.sum(counts[counts > 0] / len(truth) * np.abs(accuracy - mean))),
    }
    accuracy, mean = calibration_curve(right, confidence, n_bins=bins, pos_label=1, strategy="quantile")
    edges = np.percentile(confidence, np.linspace(0, 1, bins + 1) * 100)
    counts = np.bincount(np.searchsorted(edges[1:-1], confidence), minlength=bins)
    verdict["adaptiveEce"] = float(np.sum(counts[counts > 0] / len(truth) * np.abs(accuracy - mean)))
    return verdict


def brier(truth, probabilities):
    one_hot = np.eye(probabilities.shape[1])[truth]
    found = float(((probabilities - one_hot) ** 2).sum(axis=1).mean())
    if probabilities.shape[1] == 2:
        # scikit-learn 1.6 has the binary score, which counts one of the two classes.
        half = metrics.brier_score_loss(truth == 1, probabilities[:, 1], pos_label=True)
        assert abs(2 * half - found) < 1e-12, (half, found)
    return found


def judge(case):
    truth, predicted = np.array(case["truth"]), np.array(case["predicted"])
    classes = case["classes"]
    probabilities = np.array(case["probabilities"], np.float64).reshape(-1, classes)
    labels = list(range(classes))
    right = predicted == truth
    other = np.array(case["other"]) == truth
    only_a, only_b = int((right & ~other).sum()), int((other & ~right).sum())
    wilson = stats.binomtest(int(right.sum()), len(truth)).proportion_ci(0.95, "wilson")
    return {
        **classification(truth, predicted, classes),
        "roc": roc(truth, probabilities, classes),
        "calibration": calibration(truth, probabilities, case["bins"]),
        "brier": brier(truth, probabilities),
        "nll": float(metrics.log_loss(truth, probabilities, labels=labels)),
        "nll32": float(metrics.log_loss(truth, probabilities.astype(np.float32), labels=labels)),
        "wilson": [wilson.low, wilson.high],
        "mcnemar": [only_a, only_b, stats.binomtest(only_a, only_a + only_b).pvalue]
        if only_a + only_b
        else [0, 0, 1.0],
        "percentiles": np.percentile(case["draws"], [2.5, 97.5]).tolist(),
    }


with open(sys.argv[1], encoding="utf-8") as file:
    cases = json.load(file)
json.dump([judge(case) for case in cases], sys.stdout)
