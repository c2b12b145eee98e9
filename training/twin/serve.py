"""The twin as a process: a line of JSON in, a line of JSON out. cli/quality/twin_process.ts is the other end.

`open` {model, heads?, settings, budgets, device} then any number of `examine` {prompt, questions:
[{tail, maxTokens}], endIds, continuation?, key, isFull}; ids only, all texts are the caller's.
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections.abc import Callable

import torch
import torch.nn.functional as F

from heads.heads import SavedHeads

from .cache import Cache
from .checkpoint import open_checkpoint
from .model import Model
from .policies import Policy, Settings
from .reader import Reader
from .units import choose_again, read_keeping


class Twin:
    def __init__(self, products: str):
        """products: the type of products with the model's matrices."""
        self.products = products
        self.models: dict[str, Model] = {}
        self.heads: dict[str, SavedHeads] = {}
        self.full: dict[str, torch.Tensor] = {}  # key → (tokens, vocabulary): logits of the full cache
        self.reader: Reader | None = None

    def open(self, model: str, settings: dict, budgets: list, heads: str | None = None, device: str = "cpu"):
        if model not in self.models:
            products = getattr(torch, self.products)
            self.models[model] = Model(open_checkpoint(model, device, products=products))
        if heads is not None and heads not in self.heads:
            self.heads[heads] = SavedHeads(heads, device)
        policy = Policy(**settings.pop("policy"))
        self.reader = Reader(
            self.models[model], Settings(policy=policy, **settings), budgets, heads and self.heads[heads])
        return {"adapter": f"PyTorch {torch.__version__} on {device}, products in {self.products}"}

    def examine(self, prompt: list, questions: list, endIds: list, key: str, isFull: bool,
                continuation: list | None = None, retained: bool = False):
        began = time.time()
        document, grounds = self.read(prompt)
        result = {"readMs": 1000 * (time.time() - began), "answers": []}
        for question in questions:
            began = time.time()
            tail = question["tail"]
            ids = self.reader.answer(grounds(tail), tail, question["maxTokens"], set(endIds))
            result["answers"].append({"ids": ids, "ms": 1000 * (time.time() - began)})
        if continuation is not None:
            result["teacherForced"] = self.teacher_forced(document, continuation, key, isFull)
        if retained:
            result["retained"] = [[head.origins.tolist() for head in layer] for layer in document.heads]
            tail = questions[0]["tail"]
            x = self.reader.forward(grounds(tail).copy(), tail, scored=False)
            result["logits"] = self.reader.model.logits(x[-1:])[0].tolist()
        return result

    def read(self, prompt: list) -> tuple[Cache, Callable[[list], Cache]]:
        """The document, and what the answer to a question is given from."""
        if not self.reader.settings.units:
            document = self.reader.read(prompt)
            return document, lambda tail: document
        document, units = read_keeping(self.reader, prompt)
        return document, lambda tail: choose_again(self.reader, document, units, tail)

    def teacher_forced(self, document, continuation: list, key: str, isFull: bool):
        began = time.time()
        logits = self.reader.predict(document, continuation)[:-1]
        if isFull:
            self.full[key] = logits
        if key not in self.full:
            raise ValueError("the full cache has no logits for this text")
        p, q = self.full[key].log_softmax(-1), logits.log_softmax(-1)
        nats = F.nll_loss(q, torch.tensor(continuation[1:], device=q.device)).item()
        return {"nats": nats, "tokens": len(continuation) - 1, "ms": 1000 * (time.time() - began),
                "agreement": (p.argmax(-1) == q.argmax(-1)).float().mean().item(),
                "divergence": F.kl_div(q, p, log_target=True, reduction="batchmean").item()}


def main() -> None:
    # in bfloat16 a processor with AMX reads about twice as fast
    twin, out = Twin(os.environ.get("LONGTAB_TWIN_PRODUCTS", "float32")), sys.stdout
    sys.stdout = sys.stderr  # what libraries print is no answer
    for line in sys.stdin:
        call = json.loads(line)
        try:
            with torch.no_grad():
                reply = {"result": getattr(twin, call["name"])(**call["given"])}
        except Exception:  # the caller decides what a failure means
            reply = {"error": traceback.format_exc()}
        print(json.dumps(reply), file=out, flush=True)


if __name__ == "__main__":
    main()
