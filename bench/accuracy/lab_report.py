"""What runs of lab.py are worth: balanced accuracy on their validation images, and paired differences.

    python bench/accuracy/lab_report.py run.npz ...                       a table for each run
    python bench/accuracy/lab_report.py before.npz:after.npz [pair ...]   differences; several pairs are pooled

`views`: the mean over a picture's eight orientations of whether the one picture is answered rightly, less noisy than
`upright`, the picture as it is. `tta8`: the mean of the eight orientations' probabilities, answered once. `tau`: what
is subtracted from log probabilities, times the log of a class' share of the training images (Menon et al. 2021, eq. 9).
The intervals are the 95 % of a bootstrap over images within classes, which is blind to lesions with several images.
"""

import sys
from typing import NamedTuple

import numpy as np

VIEWS = 8
RESAMPLES = 2000
TAUS = (0, 0.25, 0.5, 1, 1.5)


class Rule(NamedTuple):
    """How a run's probabilities become answers."""

    weights: str
    tau: float = 0
    over: str = "views"


def softmax(logits):
    powers = np.exp(logits - logits.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def balanced_accuracy(scores, truth):
    predicted = scores.argmax(-1)
    return float(np.mean([np.mean(predicted[truth == c] == c) for c in range(truth.max() + 1)]))


def scores_of_views(logits, truth):
    """Balanced accuracy of logits [8, N, C]."""
    each = [balanced_accuracy(view, truth) for view in logits]
    tta = balanced_accuracy(softmax(logits).mean(0), truth)
    return {"upright": each[0], "views": float(np.mean(each)), "tta8": tta}


def hits(run, rule):
    """[N] the share of right answers to each image."""
    probabilities = run[rule.weights]
    if rule.over == "tta8":
        probabilities = probabilities.mean(0, keepdims=True)
    if rule.over == "upright":
        probabilities = probabilities[:1]
    share = run["trainCounts"] / run["trainCounts"].sum()
    answers = (np.log(probabilities + 1e-12) - rule.tau * np.log(share)).argmax(-1)
    return (answers == run["truth"]).mean(0)


def recalls(right, truth):
    return np.array([right[truth == c].mean() for c in range(truth.max() + 1)])


def table(path, run):
    for weights in ("raw", "averaged"):
        for over in ("upright", "views", "tta8"):
            for tau in TAUS:
                right = hits(run, Rule(weights, tau, over))
                each = recalls(right, run["truth"])
                print(
                    f"{path} {weights} {over} tau {tau}: balanced {each.mean():.4f}",
                    f"accuracy {right.mean():.4f} recalls {np.round(each, 3)}",
                )


def compare(pairs, before, after, random):
    """Differences in points of all pairs' images together."""
    right = np.concatenate([[hits(a, before), hits(b, after)] for a, b in pairs], 1)
    truth = np.concatenate([a["truth"] for a, _ in pairs])
    members = [np.where(truth == c)[0] for c in range(truth.max() + 1)]

    def scores(drawn):
        return np.mean([right[:, indices].mean(1) for indices in drawn], 0)

    score = scores(members)
    differences = []
    for _ in range(RESAMPLES):
        resampled = scores([random.choice(indices, len(indices)) for indices in members])
        differences.append(100 * (resampled[1] - resampled[0]))
    low, high = np.quantile(differences, [0.025, 0.975])
    print(
        f"{before.weights} tau {before.tau} {before.over} -> {after.weights} tau {after.tau} {after.over}:",
        f"{score[0]:.4f} -> {score[1]:.4f}, {100 * (score[1] - score[0]):+.1f} [{low:+.1f}, {high:+.1f}]",
    )


def main():
    given = [argument.split(":") for argument in sys.argv[1:]]
    runs = {path: dict(np.load(path)) for paths in given for path in paths}
    for paths in given:
        if len(paths) == 1:
            table(paths[0], runs[paths[0]])
    pairs = [tuple(runs[path] for path in paths) for paths in given if len(paths) == 2]
    for a, b in pairs:
        if not np.array_equal(a["files"], b["files"]):
            raise SystemExit("The runs of a pair have other validation images.")
    if not pairs:
        return
    raw = Rule("raw")
    random = np.random.default_rng(0)
    for tau in (0, 1, 1.5):
        for over in ("views", "tta8"):
            compare(pairs, raw, Rule("averaged", tau, over), random)
    compare(pairs, Rule("raw", 0, "upright"), Rule("averaged", 1, "upright"), random)
    # What training gives where both sides are averaged and adjusted, which costs no training.
    for over in ("views", "upright", "tta8"):
        compare(pairs, Rule("averaged", 1, over), Rule("averaged", 1, over), random)


if __name__ == "__main__":
    main()
