"""Trains retaining heads for one model: `python train_heads.py --model FOLDER --corpus FOLDER --out FILE`.

Restartable: state goes beside FILE every few steps; the same seed gives the same texts. The model
is frozen. Several variants learn from the same passes, so that labels, widths and inputs are compared
at the price of one: `--variants repeat:256,answer:256,both:256`.
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
from transformers import AutoTokenizer

from twin.checkpoint import open_checkpoint
from twin.model import Model

from .exams import Exams
from .export import export_options, export_state
from .heads import Heads
from .labels import labelled
from .texts import Texts

STANDARDISING = 8  # texts whose inputs mean and spread are taken from
SAVE_EVERY = 20
LOOK_EVERY = 60
LOOK_AT = 9  # held-out texts, one of each kind


def parse():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--model", required=True, help="folder of config.json, tokenizer.json, model.safetensors")
    p.add_argument("--out", required=True, help="FILE.safetensors; its state and log lie beside it, and one file a variant where there are several")
    p.add_argument("--corpus", required=True, help="folder with gutenberg/*.txt")
    p.add_argument("--variants", default="both:256", help="label:width,… (labels: repeat, answer, both)")
    p.add_argument("--steps", type=int, default=400)
    p.add_argument("--minutes", type=float, help="the rate falls to nothing by then; over --steps where given")
    p.add_argument("--tokens", type=int, default=1024, help="of a text")
    p.add_argument("--questions", type=int, default=4, help="about a text")
    p.add_argument("--rate", type=float, default=1e-3)
    p.add_argument("--seed", type=int, default=0)
    p.add_argument("--device", default="cpu")
    p.add_argument("--threads", type=int, default=0)
    export_options(p)
    return p.parse_args()


def label_of(kind: str, labels: dict) -> torch.Tensor:
    if kind == "both" and "answer" in labels:
        return torch.maximum(labels["repeat"], labels["answer"])
    return labels["repeat" if kind == "both" else kind]


def overlap(scores, label, share=0.1) -> float:
    """How many of the tokens that the label puts on top the scores put there too, over KV heads."""
    count = max(1, int(share * label.shape[-1]))
    best = [t.topk(count, -1).indices for t in (scores, label)]
    hits = (best[0][:, :, None] == best[1][:, None]).any(-1)
    return hits.float().mean().item()


def correlation(scores, label) -> float:
    a, b = (t - t.mean(-1, keepdim=True) for t in (scores, label))
    return ((a * b).sum(-1) / (a.norm(dim=-1) * b.norm(dim=-1) + 1e-9)).mean().item()


@torch.no_grad()
def look(model, trainees, held):
    """Correlation and overlap with each kind of label, on texts that were not trained on."""
    sums: dict[str, list[float]] = {}
    for exam in held:
        for layer, rows, labels in labelled(model, exam):
            for name, (_, heads) in trainees.items():
                scores = heads(layer, rows)
                for kind, label in labels.items():
                    sums.setdefault(f"{name} on {kind}: correlation", []).append(correlation(scores, label))
                    sums.setdefault(f"{name} on {kind}: overlap", []).append(overlap(scores, label))
    return {name: round(sum(v) / len(v), 4) for name, v in sums.items()}


def main() -> None:
    args = parse()
    if args.device == "cuda":
        torch.set_float32_matmul_precision("high")
    if args.threads:
        torch.set_num_threads(args.threads)
    out = Path(args.out)
    model = Model(open_checkpoint(args.model, args.device))
    tokenizer = AutoTokenizer.from_pretrained(args.model)
    exams, corpus = Exams(tokenizer), Path(args.corpus)
    texts, others = Texts(corpus), Texts(corpus, held_out=True)
    held = [exams.exam(others.draw(Random(f"held/{kind}"), 6 * args.tokens, kind), args.tokens,
                       args.questions, Random(1)) for kind in others.kinds][:LOOK_AT]

    trainees = {}
    for variant in args.variants.split(","):
        kind, width = variant.split(":")
        trainees[variant] = (kind, Heads(model.shape, int(width), args.seed).to(args.device))
    groups = [{"params": list(heads.parameters())} for _, heads in trainees.values()]
    optimizer = torch.optim.AdamW(groups, lr=args.rate, betas=(0.9, 0.95), weight_decay=0.0)
    step, spent = 0, 0.0
    state_file, log_file = out.with_suffix(".state"), out.with_suffix(".jsonl")
    if state_file.exists():
        state = torch.load(state_file, map_location=args.device)
        step, spent = state["step"], state["spent"]
        optimizer.load_state_dict(state["optimizer"])
        for name, (_, heads) in trainees.items():
            heads.load_state_dict(state["heads"][name])

    def done() -> float:
        return spent / 60 / args.minutes if args.minutes else step / args.steps

    def save() -> None:
        state = {"step": step, "spent": spent, "optimizer": optimizer.state_dict(),
                 "heads": {name: heads.state_dict() for name, (_, heads) in trainees.items()},
                 "arguments": vars(args), "model": model.weights.fingerprint}
        torch.save(state, state_file.with_suffix(".new"))
        state_file.with_suffix(".new").replace(state_file)

    def log(record: dict) -> None:
        with log_file.open("a") as file:
            file.write(json.dumps({"step": step, "minutes": round(spent / 60, 2), **record}) + "\n")

    while done() < 1:
        began = time.time()
        r = Random(f"{args.seed}/{step}")
        exam = exams.exam(texts.draw(r, 6 * args.tokens), args.tokens, args.questions, r)
        rate = args.rate * min(1, (step + 1) / 20) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done())))
        for group in optimizer.param_groups:
            group["lr"] = rate
        losses = {name: 0.0 for name in trainees}
        passes = labelled(model, exam)
        while True:
            with torch.no_grad():
                found = next(passes, None)
            if found is None:
                break
            layer, rows, labels = found
            for name, (kind, heads) in trainees.items():
                if step < STANDARDISING:
                    heads.standardise(layer, rows, step)
                if kind != "answer" or "answer" in labels:
                    loss = F.smooth_l1_loss(heads(layer, rows), label_of(kind, labels)) / model.shape.layers
                    loss.backward()
                    losses[name] += loss.item()
        for group in optimizer.param_groups:
            torch.nn.utils.clip_grad_norm_(group["params"], 1.0)
        optimizer.step()
        optimizer.zero_grad()
        step += 1
        spent += time.time() - began
        log({"rate": rate, "tokens": len(exam.text), "loss": {k: round(v, 4) for k, v in losses.items()}})
        if step % LOOK_EVERY == 0 or done() >= 1:
            log({"held out": look(model, trainees, held)})
        if step % SAVE_EVERY == 0 or done() >= 1:
            save()
    for variant in trainees:
        of = out if len(trainees) == 1 else out.with_stem(f"{out.stem}-{variant.replace(':', '-')}")
        print(export_state(state_file, variant, str(of), model, exams, args))


if __name__ == "__main__":
    main()
