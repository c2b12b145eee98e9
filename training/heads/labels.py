"""What a token is worth: the largest share of attention that it gets when it is needed.

A text is needed while the model repeats it (KVzip, arXiv 2505.23416) and while it answers questions
about it (Locret, arXiv 2410.01805). Labels are logarithms of shares after softmax, the largest over
the asking tokens and over the query heads of a KV head.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from twin.model import Model

from .heads import LOWEST


@dataclass(frozen=True)
class Exam:
    """A text with what is asked of it. Each branch goes on from the text and sees no other branch."""

    text: list[int]  # ids, the chat template's beginning first
    branches: list[tuple[str, list[int], list[bool]]]  # kind, ids, which of them ask


def labelled(model: Model, exam: Exam):
    """Of each layer, rows [q; k; v] of the text (T, q · k · v), and by kind the labels (KV heads, T)."""
    shape, count = model.shape, len(exam.text)
    ids = exam.text + [i for _, branch, _ in exam.branches for i in branch]
    spans, at = [], count
    positions = list(range(count))
    for kind, branch, asks in exam.branches:
        spans.append((kind, at, at + len(branch), torch.tensor(asks)))
        positions += range(count, count + len(branch))
        at += len(branch)
    positions = torch.tensor(positions)
    x = model.embed(ids)
    for index, layer in enumerate(model.weights.layers):
        rows = model.project(layer, x)
        q, k, v = model.split(rows)
        q, k = model.rotate(q, positions), model.rotate(k, positions)
        labels = {}
        mixed = [attend(q[:, :count], k[:, :count], v[:, :count], 0)]
        for kind, first, end, asks in spans:
            own = lambda t: torch.cat((t[:, :count], t[:, first:end]), 1)
            keys = own(k)
            found = largest_shares(q[:, first:end][:, asks], keys, count, asks, shape.group)
            labels[kind] = torch.maximum(found, labels[kind]) if kind in labels else found
            mixed.append(attend(q[:, first:end], keys, own(v), count))
        yield index, rows[:count], labels
        x = model.feed_forward(layer, model.attended(layer, x, torch.cat(mixed, 1)))


def attend(q: Tensor, k: Tensor, v: Tensor, before: int) -> Tensor:
    """q (heads, T, size), k and v (KV heads, before + T, size): causal over the last T."""
    if before == 0:
        return F.scaled_dot_product_attention(q[None], k[None], v[None], is_causal=True, enable_gqa=True)[0]
    seen = torch.ones(q.shape[1], k.shape[1], dtype=torch.bool, device=q.device).tril(before)
    return F.scaled_dot_product_attention(q[None], k[None], v[None], attn_mask=seen, enable_gqa=True)[0]


def largest_shares(q: Tensor, k: Tensor, count: int, asks: Tensor, group: int) -> Tensor:
    """
    q (heads, asking, size) of the branch's tokens that ask, k (KV heads, count + branch, size).
    Returns (KV heads, count): the logarithm of each text token's largest share over asking tokens and query heads.
    """
    own = asks.nonzero()[:, 0].to(q.device)  # places in the branch
    branch = torch.arange(k.shape[1] - count, device=q.device)
    hidden = branch[None] > own[:, None]  # (asking, branch)
    found = []
    for head in range(len(k)):
        most = None
        for queries in q[head * group:(head + 1) * group]:
            scores = (queries / q.shape[-1] ** 0.5) @ k[head].T
            scores[:, count:].masked_fill_(hidden, -torch.inf)
            share = scores[:, :count].sub_(scores.logsumexp(-1, keepdim=True)).amax(0)
            most = share if most is None else torch.maximum(most, share)
        found.append(most)
    return torch.stack(found).clamp_min(math.log(LOWEST))
