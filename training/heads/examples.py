"""What heads learn from, computed once and kept in files: a text's rows and labels in every layer.

The model's passes cost a hundred times what a step of the heads does, so the passes are made once, and
heads of every label, width and loss learn from the same files, several times over. One file a text:
`rows` (layer, T, q · k · v) and, by kind of label, (layer, KV head, T), in halves.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from twin.model import Model

from .exams import Exams
from .labels import labelled
from .texts import Texts


@dataclass(frozen=True)
class Example:
    rows: Tensor  # (layer, T, q · k · v) before rotation
    labels: dict[str, Tensor]  # by kind, (layer, KV head, T)

    def label(self, answers: float) -> Tensor | None:
        """(layer, KV head, T): logarithms of both kinds, `answers` the weight of the second; None where nothing was asked."""
        if answers == 0:
            return self.labels["repeat"]
        if "answer" not in self.labels:
            return None
        return self.labels["repeat"].lerp(self.labels["answer"], answers)


class Examples:
    """Files NAME.safetensors of one model in one folder."""

    def __init__(self, folder: Path, fingerprint: str):
        self.folder, self.fingerprint = folder, fingerprint
        folder.mkdir(parents=True, exist_ok=True)

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.safetensors"

    @torch.no_grad()
    def collect(self, name: str, model: Model, exam) -> None:
        """Does nothing where the file is there."""
        path = self.path(name)
        if path.exists():
            return
        rows, labels = [], {}
        for _, of_layer, by_kind in labelled(model, exam):
            rows.append(of_layer.half().cpu())
            for kind, label in by_kind.items():
                labels.setdefault(kind, []).append(label.half().cpu())
        tensors = {"rows": torch.stack(rows), **{kind: torch.stack(of) for kind, of in labels.items()}}
        new = path.with_suffix(".new")
        save_file(tensors, new, {"model": self.fingerprint})
        new.replace(path)  # a run that is cut leaves whole files

    def read(self, name: str, device: str) -> Example:
        path = self.path(name)
        with safe_open(path, "pt") as opened:
            made_by = (opened.metadata() or {}).get("model")
        if made_by != self.fingerprint:
            raise SystemExit(f"{path} is of model {made_by} and this one is {self.fingerprint}; name another --examples")
        tensors = {key: t.to(device).float() for key, t in load_file(path).items()}
        return Example(tensors.pop("rows"), tensors)


def collect(examples: Examples, model: Model, exams: Exams, texts: Texts, held_out: Texts, args) -> tuple[list[str], list[str]]:
    """Names of the examples to learn from, at most --learn and as many as --minutes allow, and of one held-out one of each kind."""
    began = time.time()
    made = f"{args.tokens}-{args.questions}"  # in the names: other texts are other files
    held = [f"held-{made}-{kind}" for kind in held_out.kinds]
    for name, kind in zip(held, held_out.kinds):
        text = held_out.draw(Random(f"held/{kind}"), 6 * args.tokens, kind)
        examples.collect(name, model, exams.exam(text, args.tokens, args.questions, Random(1)))
    learned: list[str] = []
    for index in range(args.learn):
        name = f"{args.seed}-{made}-{index:05}"
        if not examples.path(name).exists():
            if args.minutes and learned and time.time() - began > 60 * args.minutes:
                break
            r = Random(f"{args.seed}/{index}")
            examples.collect(name, model, exams.exam(texts.draw(r, 6 * args.tokens), args.tokens, args.questions, r))
            print(f"{index + 1} of {args.learn} texts read", flush=True)
        learned.append(name)
    return learned, held
