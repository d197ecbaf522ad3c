"""What scikit-learn says of maps of embeddings.

usage: judge_projection.py digits COUNT     prints COUNT of its handwritten digits, a list of 64 numbers each
       judge_projection.py score CASES      CASES is a JSON file, a list of { points, perplexity, tsne, umap };
                                            prints for each how it judges those maps and its own t-SNE
"""

import json
import os
import sys

# The cases are small: on two cores, threads take ten times as long as none.
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
from sklearn.datasets import load_digits
from sklearn.manifold import TSNE, trustworthiness

NEIGHBOURS = 10


def divergence(points, perplexity, embedding):
    """The divergence that t-SNE minimises, of a map as it is: a descent that does not move."""
    still = TSNE(
        method="exact", init=embedding, perplexity=perplexity, early_exaggeration=1.0, learning_rate=1e-300, max_iter=251
    )
    still.fit(points)
    return float(still.kl_divergence_)


def score(case):
    points = np.array(case["points"], dtype=np.float64)
    perplexity = case["perplexity"]
    own = TSNE(method="exact", init="pca", learning_rate="auto", perplexity=perplexity, random_state=0).fit(points)
    judged = {
        name: trustworthiness(points, np.array(case[name]), n_neighbors=NEIGHBOURS) for name in ("tsne", "umap")
    }
    return {
        "trustworthiness": {**judged, "own": trustworthiness(points, own.embedding_, n_neighbors=NEIGHBOURS)},
        "divergence": {
            "tsne": divergence(points, perplexity, np.array(case["tsne"])),
            "own": float(own.kl_divergence_),
        },
    }


if sys.argv[1] == "digits":
    print(json.dumps(load_digits().data[: int(sys.argv[2])].tolist()))
else:
    with open(sys.argv[2]) as file:
        print(json.dumps([score(case) for case in json.load(file)]))
