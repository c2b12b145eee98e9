"""What a cache could answer if it knew which tokens the answers will look at.

    python oracle.py FOLDER --corpus CORPUS

Retaining heads learn a label of every token, so a cache that keeps the tokens
with the highest labels is the best they can come to. For documents with facts
among the sentences of a log, each read with a full cache, the labels are
taken from the right answers; then every layer and KV head keeps its best
share of the document, and the questions are asked again, positions counted
anew. Only questions that the full cache answers are counted.

score: the largest scaled attention score before the softmax, as Locret
share: the largest share of attention
sum:   the sum of the shares
"""

from __future__ import annotations

import argparse
from pathlib import Path
from random import Random

import torch
from torch import Tensor

from books import Books
from curriculum import SHORT
from data import KINDS, Writer
from evaluate import HERE, load
from reader import Reader
from tasks import Tasks

NEWEST = 8  # tokens at the end that are always kept, and the two at the start


def labels_of(scores: Tensor, slots: int, group: int) -> dict[str, Tensor]:
    """Of the answering rows' scores (heads, rows, all slots): each label (kv heads, slots)."""
    grouped = lambda x: x[..., :slots].unflatten(0, (-1, group)).flatten(1, 2)
    shares = scores.log_softmax(-1)
    return {"score": grouped(scores).amax(1), "share": grouped(shares).amax(1),
            "sum": grouped(shares).logsumexp(1)}


def kept(labels: Tensor, count: int) -> Tensor:
    """Slots kept, in order: (kv heads, count)."""
    wanted = labels.clone()
    wanted[:, :2] = wanted[:, -NEWEST:] = torch.inf
    return wanted.topk(count, dim=1).indices.sort(dim=1).values


@torch.no_grad()
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--documents", type=int, default=12)
    parser.add_argument("--length", type=int, default=700)
    parser.add_argument("--facts", type=int, default=14)
    parser.add_argument("--shares", type=float, nargs="+", default=[0.5, 0.25, 0.125])
    args = parser.parse_args()
    torch.set_num_threads(1)
    model, tokenizer = load(args.folder)
    tasks = Tasks(HERE, args.corpus / "wordlists", held_out=True)
    writer = Writer(tokenizer, Books(args.corpus / "gutenberg", tokenizer, held_out=True), tasks)
    reader = Reader(model)
    right: dict[tuple[str, float], int] = {}
    asked = 0
    for n in range(args.documents):
        rng, taken = Random(f"oracle/{n}"), set()
        facts = [tasks.fact(rng.choice(KINDS), rng, taken) for _ in range(args.facts)]
        document = writer.assemble(facts, [f.turns[0] for f in facts], "log", args.length, rng)
        _, layers = reader.run(document.ids, None)
        full = [cache for cache, _ in layers]
        slots = len(document.ids)
        answers = lambda ids, first, cache: reader.run(ids[:-1], cache)[0][first - 1:].argmax(-1).tolist() == ids[first:]
        marks: list[dict[str, Tensor]] = [{} for _ in full]
        good = []
        for ids, weights in document.turns:
            first = next(i for i, w in enumerate(weights) if w)
            logits, read = reader.run(ids[:-1], full)
            if logits[first - 1:].argmax(-1).tolist() != ids[first:]:
                continue
            good.append((ids, first))
            for mark, (_, scores) in zip(marks, read):
                for name, label in labels_of(scores[:, first - 1:], slots, reader.group).items():
                    mark[name] = torch.maximum(mark.get(name, label), label)
        asked += len(good)
        newest = torch.arange(float(slots)).expand(model.shape.num_key_value_heads, -1)
        for name in (*marks[0], "newest"):
            for share in args.shares:
                cache = []
                for (k, v), mark in zip(full, marks):
                    at = kept(mark.get(name, newest), int(share * slots))[..., None].expand(-1, -1, k.shape[2])
                    cache.append((k.gather(1, at), v.gather(1, at)))
                hits = sum(answers(ids, first, cache) for ids, first in good)
                right[name, share] = right.get((name, share), 0) + hits
    print(f"{args.documents} documents, {asked} questions that the full cache answers")
    print("| kept by | " + " | ".join(f"{share:.1%}" for share in args.shares) + " |")
    for name in dict.fromkeys(name for name, _ in right):
        print(f"| {name} | " + " | ".join(f"{right[name, s] / asked:.0%}" for s in args.shares) + " |")


if __name__ == "__main__":
    main()
