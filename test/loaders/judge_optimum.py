"""What Python's optimum makes of an exported folder, without a network.

usage: judge_optimum.py FOLDER FILE...     FILE: model.onnx and others in FOLDER/onnx; pictures on stdin, one a line

Prints {"pixels", "card", "byFile"}: what AutoImageProcessor makes of each picture, the model card's head as YAML, and
for each file the classification, the features, and the card's own way of asking, `pipeline`.
"""

import json
import os
import socket
import sys

os.environ["HF_HUB_OFFLINE"] = "1"


def refuse(*_):
    raise RuntimeError("The network was asked for")


socket.socket.connect = refuse
socket.create_connection = refuse

import warnings

warnings.simplefilter("ignore")
import transformers
import yaml
from optimum.onnxruntime import ORTModelForFeatureExtraction, ORTModelForImageClassification
from PIL import Image, ImageOps
from transformers import AutoImageProcessor, pipeline

transformers.logging.set_verbosity_error()
folder, *files = sys.argv[1:]
pictures = [ImageOps.exif_transpose(Image.open(path)) for path in sys.stdin.read().splitlines()]
processor = AutoImageProcessor.from_pretrained(folder)
inputs = [processor(picture.convert("RGB"), return_tensors="pt") for picture in pictures]


def plain(tensor):
    return {"dims": list(tensor.shape), "data": tensor.detach().flatten().tolist()}


def answers(file):
    where = {"subfolder": "onnx", "file_name": file}
    classifier = ORTModelForImageClassification.from_pretrained(folder, **where)
    extractor = ORTModelForFeatureExtraction.from_pretrained(folder, **where)
    classify = pipeline("image-classification", model=classifier, image_processor=processor)
    extract = pipeline("image-feature-extraction", model=extractor, image_processor=processor)
    return {
        "labels": [classifier.config.id2label[index] for index in range(classifier.config.num_labels)],
        "logits": [plain(classifier(**each).logits) for each in inputs],
        "features": [plain(extractor(**each).last_hidden_state) for each in inputs],
        "predictions": [classify(picture, top_k=100) for picture in pictures],
        "extracted": [extract(picture)[0] for picture in pictures],
    }


with open(os.path.join(folder, "README.md"), encoding="utf8") as card:
    head = yaml.safe_load(card.read().split("\n---\n")[0].removeprefix("---\n"))
print(
    json.dumps(
        {
            "pixels": [plain(each["pixel_values"]) for each in inputs],
            "card": head,
            # The one that optimum finds when it is told nothing.
            "found": ORTModelForImageClassification.from_pretrained(folder).path.name,
            "byFile": {file: answers(file) for file in files},
        }
    )
)
