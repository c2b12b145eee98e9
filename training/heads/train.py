"""Trains retaining heads for one model: `python train_heads.py --model FOLDER --corpus FOLDER --out FILE`.

First the frozen model reads texts and says what their tokens are worth (examples.py); then heads learn
from these files, several times over. Both are restartable: a file that is there is not made again, the
state of the learning goes beside FILE, and the same seed gives the same texts in the same order.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from pathlib import Path
from random import Random

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import AutoTokenizer

from twin.checkpoint import open_checkpoint
from twin.model import Model

from .examples import Examples, collect
from .exams import Exams
from .export import export, export_options
from .heads import Heads
from .texts import Texts

STANDARDISING = 16  # texts whose inputs mean and spread are taken from
LEARNED_BY = ("answers", "width", "inputs", "smoothing", "tokens", "questions", "epochs", "rate", "seed")  # what makes other heads
SAVE_EVERY = 100
LOOK_EVERY = 200


def parse() -> argparse.Namespace:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--model", required=True, help="folder of config.json, tokenizer.json, model.safetensors")
    p.add_argument("--out", required=True, help="FILE.safetensors; its state and log lie beside it")
    p.add_argument("--corpus", required=True, help="folder with gutenberg/*.txt")
    p.add_argument("--examples", help="folder of what the model said of the texts (default: FILE.examples)")
    p.add_argument("--learn", type=int, default=400, help="texts to learn from")
    p.add_argument("--minutes", type=float, help="the model reads no further text after these")
    p.add_argument("--epochs", type=float, default=4, help="times that each of them is learned from")
    p.add_argument("--tokens", type=int, default=1024, help="of a text")
    p.add_argument("--questions", type=int, default=4, help="about a text")
    p.add_argument("--answers", type=float, default=0.3, help="weight of the label of answers beside that of repetition, 0 to 1")
    p.add_argument("--width", type=int, default=256, help="hidden rows of a head")
    p.add_argument("--inputs", default="standardised", choices=("standardised", "plain"))
    p.add_argument("--smoothing", type=float, default=0.0, help="weight of the squared step between neighbouring scores (Locret: 0.0025)")
    p.add_argument("--rate", type=float, default=1e-3)
    p.add_argument("--seed", type=int, default=0)
    p.add_argument("--device", default="cpu")
    p.add_argument("--threads", type=int, default=0)
    export_options(p)
    return p.parse_args()


def overlap(scores: Tensor, label: Tensor, share: float = 0.1) -> float:
    """How many of the tokens that the label puts on top the scores put there too, over KV heads."""
    count = max(1, int(share * label.shape[-1]))
    best = [t.topk(count, -1).indices for t in (scores, label)]
    hits = (best[0][:, :, None] == best[1][:, None]).any(-1)
    return hits.float().mean().item()


def correlation(scores: Tensor, label: Tensor) -> float:
    a, b = (t - t.mean(-1, keepdim=True) for t in (scores, label))
    return ((a * b).sum(-1) / (a.norm(dim=-1) * b.norm(dim=-1) + 1e-9)).mean().item()


@torch.no_grad()
def look(heads: Heads, examples: Examples, held: list[str], answers: float, device: str) -> dict[str, float]:
    """Correlation and overlap with each kind of label, and with the learned one, on texts that were not trained on."""
    sums: dict[str, list[float]] = {}
    for name in held:
        example = examples.read(name, device)
        learned = example.label(answers)
        kinds = example.labels | ({} if learned is None else {"learned": learned})
        for index, rows in enumerate(example.rows):
            scores = heads(index, rows)
            for kind, labels in kinds.items():
                sums.setdefault(f"{kind}: correlation", []).append(correlation(scores, labels[index]))
                sums.setdefault(f"{kind}: overlap", []).append(overlap(scores, labels[index]))
    return {name: round(sum(v) / len(v), 4) for name, v in sums.items()}


def loss_of(scores: Tensor, label: Tensor, smoothing: float) -> Tensor:
    """scores and label (KV heads, T)."""
    loss = F.smooth_l1_loss(scores, label)
    return loss + smoothing * scores.diff(dim=-1).pow(2).mean() if smoothing else loss


def standardise(heads: Heads, examples: Examples, names: list[str], device: str) -> None:
    """Mean and spread of the inputs over some texts."""
    rows = torch.cat([examples.read(name, device).rows for name in names[:STANDARDISING]], 1)
    heads.mean.copy_(rows.mean(1))
    heads.spread.copy_(rows.std(1) + 1e-3)


class Run:
    """One set of heads, its optimizer, and the files beside it."""

    def __init__(self, args: argparse.Namespace, model: Model, examples: Examples, learned: list[str]):
        self.args, self.examples, self.learned = args, examples, learned
        self.setting = {"texts": len(learned), **{name: getattr(args, name) for name in LEARNED_BY}}
        self.fingerprint = model.weights.fingerprint
        self.heads = Heads(model.shape, args.width, args.seed).to(args.device)
        if args.inputs == "standardised":
            standardise(self.heads, examples, learned, args.device)
        self.optimizer = torch.optim.AdamW(self.heads.parameters(), lr=args.rate, betas=(0.9, 0.95), weight_decay=0.0)
        self.step, self.steps, self.spent = 0, int(args.epochs * len(learned)), 0.0
        out = Path(args.out)
        self.state_file, self.log_file = out.with_suffix(".state"), out.with_suffix(".jsonl")
        if self.state_file.exists():
            state = torch.load(self.state_file, map_location=args.device)
            if state["model"] != self.fingerprint:
                raise SystemExit(f"{self.state_file} is of model {state['model']} and this one is {self.fingerprint}; name another --out")
            if state["setting"] != self.setting:
                raise SystemExit(f"{self.state_file} learned by {state['setting']} and this run is by {self.setting}; name another --out")
            self.step, self.spent = state["step"], state["spent"]
            self.heads.load_state_dict(state["heads"])
            self.optimizer.load_state_dict(state["optimizer"])

    def save(self) -> None:
        new = self.state_file.with_suffix(".new")
        torch.save({"step": self.step, "spent": self.spent, "heads": self.heads.state_dict(),
                    "optimizer": self.optimizer.state_dict(), "model": self.fingerprint, "setting": self.setting}, new)
        new.replace(self.state_file)

    def log(self, record: dict) -> None:
        with self.log_file.open("a") as file:
            file.write(json.dumps({"step": self.step, "minutes": round(self.spent / 60, 2), **record}) + "\n")

    def rate(self) -> float:
        """Rises over twenty steps, then falls to a fiftieth along a cosine."""
        done = self.step / self.steps
        return self.args.rate * min(1, (self.step + 1) / 20) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done)))

    def order(self, epoch: int) -> list[str]:
        names = list(self.learned)
        Random(f"{self.args.seed}/order/{epoch}").shuffle(names)
        return names

    def learn(self, held: list[str]) -> None:
        args, heads = self.args, self.heads
        while self.step < self.steps:
            began = time.time()
            epoch, place = divmod(self.step, len(self.learned))
            example = self.examples.read(self.order(epoch)[place], args.device)
            label = example.label(args.answers)
            for group in self.optimizer.param_groups:
                group["lr"] = self.rate()
            total = 0.0
            if label is not None:
                for index, rows in enumerate(example.rows):
                    loss = loss_of(heads(index, rows), label[index], args.smoothing) / len(example.rows)
                    loss.backward()
                    total += loss.item()
                torch.nn.utils.clip_grad_norm_(heads.parameters(), 1.0)
                self.optimizer.step()
                self.optimizer.zero_grad()
            self.step += 1
            self.spent += time.time() - began
            self.log({"loss": round(total, 4)})
            if self.step % LOOK_EVERY == 0 or self.step == self.steps:
                self.log({"held out": look(heads, self.examples, held, args.answers, args.device)})
            if self.step % SAVE_EVERY == 0 or self.step == self.steps:
                self.save()


def main() -> None:
    args = parse()
    if args.device == "cuda":
        torch.set_float32_matmul_precision("high")
    if args.threads:
        torch.set_num_threads(args.threads)
    model = Model(open_checkpoint(args.model, args.device))
    exams, corpus = Exams(AutoTokenizer.from_pretrained(args.model)), Path(args.corpus)
    folder = Path(args.examples) if args.examples else Path(args.out).with_suffix(".examples")
    examples = Examples(folder, model.weights.fingerprint)
    learned, held = collect(examples, model, exams, Texts(corpus), Texts(corpus, held_out=True), args)
    run = Run(args, model, examples, learned)
    run.learn(held)
    training = {**run.setting, "minutes": round(run.spent / 60, 1)}
    print(export(model, exams, corpus, run.heads, args.out, training, args))


if __name__ == "__main__":
    main()
