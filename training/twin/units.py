"""Units kept outside the cache, from which every question chooses again (src/recall/unit_recall.ts)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from .cache import Cache, HeadCache
from .policies import Eviction, drop
from .reader import Reader

BEFORE, AFTER = 2, 12  # tokens that come along with one that is chosen
SINKS, NEWEST = 4, 32  # oldest and newest units that are chosen whatever their scores
ASKING = 64  # last tokens of a question that look
LARGEST_CODE = 255


@dataclass(frozen=True)
class Units:
    """Of every layer (KV head, token, size), as their codes leave them."""

    keys: list[Tensor]  # before rotation
    values: list[Tensor]


def read_keeping(reader: Reader, ids: list[int]) -> tuple[Cache, Units]:
    layers = range(reader.model.shape.layers)
    keys, values = [[] for _ in layers], [[] for _ in layers]

    def keep(layer: int, _: Tensor, k: Tensor, v: Tensor) -> None:
        keys[layer].append(coded(k))
        values[layer].append(coded(v))

    cache = reader.read(ids, keep)
    return cache, Units([torch.cat(parts, 1) for parts in keys], [torch.cat(parts, 1) for parts in values])


def coded(rows: Tensor) -> Tensor:
    """Rows (…, size) after a round trip through int8 codes, one range a row."""
    least, most = rows.aminmax(dim=-1, keepdim=True)
    step = (most - least).clamp_min(1e-30) / LARGEST_CODE
    return least + ((rows - least) / step + 0.5).floor() * step


@torch.no_grad()
def choose_again(reader: Reader, document: Cache, units: Units, tail: list[int]) -> Cache:
    """The document with the units that the question scores highest; as it is where it holds all."""
    if all(len(head) == document.seen for layer in document.heads for head in layer):
        return document
    asking: list[Tensor] = []  # of every layer (heads, token, size), before rotation

    def look(_: int, q: Tensor, *others: Tensor) -> None:
        asking.append(q[:, -ASKING:])

    reader.forward(document.copy(), tail, scored=False, watch=look)
    chosen = document.copy()
    for index, (layer, budgets) in enumerate(zip(reader.model.weights.layers, reader.budgets)):
        if all(layer.sight.is_local(budget) for budget in budgets):
            continue  # it sees no others than its newest
        keys, values = units.keys[index], units.values[index]
        first = document.seen + len(tail) - asking[index].shape[1]
        scores = highest_around(scores_of(reader, index, asking[index], first, keys))
        for number, budget in enumerate(budgets):
            sinks = min(SINKS, budget // 2)
            newest = budget - sinks if layer.sight.is_local(budget) else min(NEWEST, budget - sinks)
            origins = torch.arange(document.seen, device=keys.device)
            head = HeadCache(keys[number], values[number], scores[number], origins)
            if len(head) > budget:
                drop(head, Eviction(budget, sinks, newest))
            head.keys, head.values = reader.stored(head.keys), reader.stored(head.values)
            chosen.heads[index][number] = head
    return chosen


def scores_of(reader: Reader, layer: int, asking: Tensor, first: int, keys: Tensor) -> Tensor:
    """(KV head, token): the largest score over the asking tokens and the query heads of the group.
    Every unit stands at its own place in the document, the first asking token at `first`.
    The scale is left out: it changes no order."""
    model = reader.model
    sight = model.weights.layers[layer].sight
    q = model.rotate(asking, torch.arange(first, first + asking.shape[1]), sight)
    k = model.rotate(keys, torch.arange(keys.shape[1]), sight)
    by_group = q.reshape(len(keys), -1, q.shape[-1])  # (KV head, query head · token, size)
    return (by_group @ k.transpose(1, 2)).float().amax(1)


def highest_around(scores: Tensor) -> Tensor:
    """(KV head, token): each the highest from AFTER tokens before it to BEFORE tokens behind it."""
    padded = F.pad(scores, (AFTER, BEFORE), value=-torch.inf)
    return F.max_pool1d(padded[:, None], AFTER + 1 + BEFORE, 1)[:, 0]
