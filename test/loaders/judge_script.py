"""Runs a model card's script on pictures, as `python SCRIPT MODEL PICTURE` would, in one process.

usage: judge_script.py SCRIPT MODEL PICTURE...     prints, a picture, a list of [label, probability]
"""

import ast
import contextlib
import io
import json
import runpy
import sys

script, model, *pictures = sys.argv[1:]
answers = []
for picture in pictures:
    sys.argv = [script, model, picture]
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        runpy.run_path(script, run_name="__main__")
    answers.append(list(ast.literal_eval(printed.getvalue()).items()))
print(json.dumps(answers))
