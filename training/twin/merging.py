"""KVMerger: neighbours with like keys become one slot (src/policies/kvmerger.ts)."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from .cache import HeadCache
from .policies import Eviction, survivors


def merge_sets(head: HeadCache, eviction: Eviction, stored: Callable[[Tensor], Tensor]) -> None:
    """As many sets as survive; each takes its pivot's origin. stored: a row as the cache has it."""
    keys, values = head.keys.float(), head.values.float()
    turned = -F.cosine_similarity(keys[1:], keys[:-1], eps=1e-12)
    steps = F.pad(turned, (1, 0))
    steps[eviction.first] = torch.inf  # where no protection ends a set, one begins
    starts = survivors(steps, eviction)
    begins = torch.zeros(len(head), dtype=torch.long, device=keys.device)
    begins[starts] = 1
    sets = begins.cumsum(0) - 1  # (slot): index of its set
    alone = (starts < eviction.first)[sets] & (begins == 0)  # slots behind a spared one belong to no set
    pivots = pivots_of(head.scores.masked_fill(alone, -1), sets, len(starts))
    weights = gaussian_weights(keys, sets, pivots).masked_fill(alone, 0)
    shares = weights / sum_sets(weights, sets, len(starts))[sets]
    head.keys, head.values = (
        stored(sum_sets(shares[:, None] * rows, sets, len(starts)).to(head.keys.dtype)) for rows in (keys, values))
    head.origins, head.scores = head.origins[pivots], head.scores[starts]


def pivots_of(scores: Tensor, sets: Tensor, count: int) -> Tensor:
    """(set): the slot with the highest score, of equal ones the last."""
    order = scores.sort(stable=True).indices
    ranks = torch.empty_like(order)
    ranks[order] = torch.arange(len(order), device=order.device)
    return order[torch.zeros(count, dtype=torch.long, device=order.device).scatter_reduce(0, sets, ranks, "amax")]


def gaussian_weights(keys: Tensor, sets: Tensor, pivots: Tensor) -> Tensor:
    """(slot): by the distance from the pivot's key, as wide as the mean square of it in the set."""
    squares = (keys - keys[pivots[sets]]).square().sum(-1)
    means = sum_sets(squares, sets, len(pivots)) / torch.bincount(sets, minlength=len(pivots))
    return (-squares / (2 * means.clamp_min(1e-24)[sets])).exp()


def sum_sets(rows: Tensor, sets: Tensor, count: int) -> Tensor:
    """(set, …): sums of the slots' rows."""
    return rows.new_zeros(count, *rows.shape[1:]).index_add(0, sets, rows)
