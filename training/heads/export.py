"""Makes the file of heads that the engine reads.

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
        x, positions = model.embed(ids), torch.arange(len(ids), device=model.device)
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


def export(model: Model, exams: Exams, corpus: Path, trained: Heads, out: str, training: dict,
           args: argparse.Namespace) -> str:
    """Writes the file; a sentence about it."""
    texts, tokens, pool = args.texts, args.text_tokens, args.pool
    others = Texts(corpus, held_out=True)
    kinds = list(others.kinds)
    prompts = [exams.exam(others.draw(Random(f"shares/{i}"), 6 * tokens, kinds[i % len(kinds)]),
                          tokens, 0, Random(i)).text for i in range(texts)]
    scores = scores_of(model, trained, prompts)  # as trained: the last bias tells heads apart
    shares = shares_of(scores, args.kept, [len(ids) for ids in prompts], pool)
    save(out, trained.tensors(), {
        "model": model.weights.fingerprint,
        "pool": str(pool),
        "stabilizers": str(args.stabilizers),
        "shares": json.dumps([[round(value, 4) for value in layer] for layer in shares.tolist()]),
        "training": json.dumps(training),
    })
    # the file's halves and folded inputs give the same scores but for the last bias
    first = prompts[0]
    relative = lambda t: t - t.mean(-1, keepdim=True)
    again = scores_of(model, SavedHeads(out, str(model.device)), [first])
    apart = (relative(again) - relative(scores[..., :len(first)])).abs().max().item()
    low, middle, high = (shares.flatten().quantile(q).item() for q in (0.1, 0.5, 0.9))
    return (f"{out}: {Path(out).stat().st_size / 1e6:.1f} MB; shares 10 % {low:.3f}, half {middle:.3f}, "
            f"90 % {high:.3f}, most {shares.max().item():.3f}; scores moved by {apart:.4f} at most")


def export_options(p: argparse.ArgumentParser) -> None:
    p.add_argument("--kept", type=float, default=0.2, help="mean share kept that the shares are measured at")
    p.add_argument("--pool", type=int, default=0, help="neighbours whose score a token takes where it is higher")
    p.add_argument("--stabilizers", type=float, default=0.0625, help="share of the budget that is spared as newest")
    p.add_argument("--texts", type=int, default=9, help="held-out texts that the shares are measured on")
    p.add_argument("--text-tokens", type=int, default=2048, help="of each of them")
