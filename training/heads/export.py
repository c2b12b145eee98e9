"""Makes the file of heads that the engine reads: `python -m heads.export --state FILE.state --variant both:256 …`.

Measures on held-out texts which share of the units each (layer, KV head) wants: one threshold over all
heads, so that the mean share kept is the wanted one. Heads that retrieve want most of the slots, most
heads want next to none. The shares, the pooling and the spared newest go into the file's metadata.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from random import Random

import torch
from transformers import AutoTokenizer

from twin.checkpoint import open_checkpoint
from twin.model import Model
from twin.policies import highest

from .exams import Exams
from .heads import Heads, SavedHeads, save
from .labels import attend
from .texts import Texts


@torch.no_grad()
def scores_of(model: Model, heads, prompts: list[list[int]]) -> torch.Tensor:
    """(layer, KV head, token) of all prompts, each read with a full cache."""
    found = [[] for _ in model.weights.layers]
    for ids in prompts:
        x, positions = model.embed(ids), torch.arange(len(ids))
        for index, layer in enumerate(model.weights.layers):
            rows = model.project(layer, x)
            found[index].append(heads(index, rows))
            q, k, v = model.split(rows)
            mixed = attend(model.rotate(q, positions), model.rotate(k, positions), v, 0)
            x = model.feed_forward(layer, model.attended(layer, x, mixed))
    return torch.stack([torch.cat(layer, 1) for layer in found])


def shares_of(scores: torch.Tensor, kept: float, lengths: list[int], pool: int) -> torch.Tensor:
    """(layer, KV head): the share of its units that each keeps under one threshold, mean `kept`."""
    layers, kv_heads, _ = scores.shape
    pooled = torch.cat([highest(part.flatten(0, 1), pool) for part in scores.split(lengths, -1)], -1)
    threshold = pooled.flatten().kthvalue(int(pooled.numel() * (1 - kept))).values
    return (pooled > threshold).float().mean(-1).view(layers, kv_heads)


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--model", required=True)
    p.add_argument("--state", required=True)
    p.add_argument("--variant", required=True)
    p.add_argument("--out", required=True)
    p.add_argument("--corpus", default="../../shared/corpus")
    p.add_argument("--kept", type=float, default=0.125, help="mean share kept that the shares are measured at")
    p.add_argument("--pool", type=int, default=2)
    p.add_argument("--stabilizers", type=float, default=0.0625, help="share of the budget that is spared as newest")
    p.add_argument("--texts", type=int, default=18)
    p.add_argument("--tokens", type=int, default=1024)
    args = p.parse_args()

    state = torch.load(args.state)
    model = Model(open_checkpoint(args.model))
    if state["model"] != model.weights.fingerprint:
        raise SystemExit(f"{args.state} was trained for {state['model']} and {args.model} is {model.weights.fingerprint}")
    trained = Heads(model.shape, int(args.variant.split(":")[1]), 0)
    trained.load_state_dict(state["heads"][args.variant])
    exams, others = Exams(AutoTokenizer.from_pretrained(args.model)), Texts(Path(args.corpus), held_out=True)
    kinds = list(others.kinds)
    prompts = [exams.exam(others.draw(Random(f"shares/{i}"), 6 * args.tokens, kinds[i % len(kinds)]),
                          args.tokens, 0, Random(i)).text for i in range(args.texts)]
    scores = scores_of(model, trained, prompts)  # as trained: the last bias tells heads apart
    shares = shares_of(scores, args.kept, [len(ids) for ids in prompts], args.pool)
    trained_with = {k: v for k, v in state["arguments"].items() if k in
                    ("tokens", "questions", "rate", "seed", "minutes", "steps")}
    save(args.out, trained.tensors(), {
        "model": model.weights.fingerprint,
        "pool": str(args.pool),
        "stabilizers": str(args.stabilizers),
        "shares": json.dumps([[round(value, 4) for value in layer] for layer in shares.tolist()]),
        "training": json.dumps({"variant": args.variant, "texts": state["step"],
                                "minutes": round(state["spent"] / 60, 1), **trained_with}),
    })
    # the file's halves and folded inputs give the same scores but for the last bias
    saved, (first, *_) = SavedHeads(args.out), prompts
    again = scores_of(model, saved, [first])
    apart = (again - again.mean(-1, keepdim=True)) - (scores[..., :len(first)] - scores[..., :len(first)].mean(-1, keepdim=True))
    low, middle, high = (shares.flatten().quantile(q).item() for q in (0.1, 0.5, 0.9))
    print(f"{args.out}: {Path(args.out).stat().st_size / 1e6:.1f} MB; shares 10 % {low:.3f}, half {middle:.3f}, "
          f"90 % {high:.3f}, most {shares.max().item():.3f}; scores moved by {apart.abs().max().item():.4f} at most")


if __name__ == "__main__":
    main()
