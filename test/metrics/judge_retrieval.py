"""Retrieval, neighbours and prototypes by brute force, and what pytorch-metric-learning says.

usage: judge_retrieval.py numpy|pml CASES     CASES is a JSON file, a list; see retrieval-judges.test.ts

Prints a list of verdicts. `numpy` is written from the definitions of pytorch-metric-learning's AccuracyCalculator, a
query at a time, and asks scikit-learn for neighbours and centroids. `pml` runs AccuracyCalculator itself: with a
search in float64 that keeps the order of equally near images, and with its own, faiss, where all distances differ
by whole numbers, which float32 keeps.
"""

import json
import os
import sys
import warnings

# The cases are small: on two cores, threads take ten times as long as none.
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np

warnings.simplefilter("ignore")


def distances(row, others, kind):
    if kind == "euclidean":
        return ((others - row) ** 2).sum(axis=1)
    lengths = np.sqrt((others**2).sum(axis=1)) * np.sqrt((row**2).sum())
    cosine = (others * row).sum(axis=1) / np.where(lengths == 0, 1, lengths)
    return np.where(lengths == 0, 1.0, 1 - cosine)


def ranking(case, rows, others):
    """Every query's references, nearest first, without itself."""
    for index, row in enumerate(rows):
        order = np.argsort(distances(row, others, case["distance"]), kind="stable")
        yield order if "reference" in case else order[order != index]


def read(case):
    def rows(side):
        return np.array(side["rows"], np.float64).reshape(-1, case["size"]), np.array(side["classes"], int)

    own = rows(case["query"])
    return own, rows(case["reference"]) if "reference" in case else own


def retrieval(case):
    (rows, classes), (others, labels) = read(case)
    scores = {}
    for index, order in enumerate(ranking(case, rows, others)):
        hits = [bool(hit) for hit in labels[order] == classes[index]]
        relevant = sum(hits)
        if relevant == 0:
            continue
        precisions = [sum(hits[: rank + 1]) / (rank + 1) for rank in range(relevant) if hits[rank]]
        scores[index] = {
            "precisionAt1": float(hits[0]),
            "rPrecision": sum(hits[:relevant]) / relevant,
            "mapAtR": sum(precisions) / relevant,
            "recallAt": [any(hits[:k]) for k in case["recallAt"]],
        }
    by_class = [[i for i in scores if classes[i] == own] for own in sorted(set(classes[list(scores)]))]
    verdict = {
        "queries": len(scores),
        "loneQueries": len(rows) - len(scores),
        "recallAt": np.mean([one["recallAt"] for one in scores.values()], axis=0).tolist() if scores else None,
        "macro": {},
    }
    for name in ("precisionAt1", "rPrecision", "mapAtR"):
        means = [np.mean([scores[i][name] for i in own]) for own in by_class]
        verdict[name] = np.mean([one[name] for one in scores.values()]) if scores else None
        verdict["macro"][name] = np.mean(means) if scores else None
    return verdict


def neighbours(case):
    from sklearn.neighbors import KNeighborsClassifier

    (rows, classes), (others, labels) = read(case)
    if case["k"] is None:
        return None
    if not case["isDistinct"]:
        # scikit-learn does not say which of equally near images it takes: here it is the first.
        orders = ranking(case, rows, others)
        votes = [np.bincount(labels[order[: case["k"]]]).argmax() for order in orders]
        return np.mean(votes == classes)
    right = 0
    for index, row in enumerate(rows):
        kept = np.arange(len(others)) != (-1 if "reference" in case else index)
        model = KNeighborsClassifier(case["k"], algorithm="brute", metric=case["distance"])
        right += model.fit(others[kept], labels[kept]).predict(row[None])[0] == classes[index]
    return right / len(rows)


def prototypes(case):
    from sklearn.neighbors import NearestCentroid

    (rows, classes), (others, labels) = read(case)
    if case["distance"] == "cosine":
        unit = [each / np.maximum(np.sqrt((each**2).sum(axis=1, keepdims=True)), 1e-300) for each in (rows, others)]
        rows, others = unit
    right = 0
    for index, row in enumerate(rows):
        kept = np.arange(len(others)) != (-1 if "reference" in case else index)
        names = sorted(set(labels[kept]))
        if not names:
            return None
        if case["distance"] == "euclidean" and len(names) > 1:
            predicted = NearestCentroid().fit(others[kept], labels[kept]).predict(row[None])[0]
        else:
            # scikit-learn refuses one class, and has no cosine.
            means = np.array([others[kept][labels[kept] == name].mean(axis=0) for name in names])
            predicted = names[int(np.argmin(distances(row, means, case["distance"])))]
        right += predicted == classes[index]
    return right / len(rows)


def judge(case):
    return {
        "retrieval": retrieval(case),
        "neighbourAccuracy": neighbours(case),
        "prototypeAccuracy": prototypes(case) if case["kind"] != "grid" else None,
    }


def judge_pml(case):
    import torch
    from pytorch_metric_learning.utils.accuracy_calculator import AccuracyCalculator

    (rows, classes), (others, labels) = read(case)
    includes = "reference" not in case

    def search(_, k, *__):
        orders = list(ranking(case, rows, others))
        return None, torch.tensor(np.array(orders)[:, :k], dtype=torch.long)

    names = {
        "precision_at_1": "precisionAt1",
        "r_precision": "rPrecision",
        "mean_average_precision_at_r": "mapAtR",
    }

    def ask(macro, knn):
        calculator = AccuracyCalculator(
            include=tuple(names), avg_of_avgs=macro, k=None, device=torch.device("cpu"), knn_func=knn
        )
        found = calculator.get_accuracy(rows, classes, others, labels, ref_includes_query=includes)
        return {names[name]: None if np.isnan(value) else value for name, value in found.items()}

    verdict = {"exact": {**ask(False, search), "macro": ask(True, search)}}
    if case["isDistinct"] and case["kind"] == "whole":
        verdict["faiss"] = {**ask(False, None), "macro": ask(True, None)}
    return verdict


with open(sys.argv[2], encoding="utf-8") as file:
    cases = json.load(file)
json.dump([(judge_pml if sys.argv[1] == "pml" else judge)(case) for case in cases], sys.stdout)
