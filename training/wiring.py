"""A start in which copying already works: induction heads wired by hand.

A model this small spends its first millions of tokens on finding the one
circuit that all retrieval here rests on (Olsson and others, 2022): heads that
carry earlier tokens along, and later heads that find the place where the same
tokens stood before and vote for what followed there. Both can be written down.
Training then starts from a model that copies, and refines or unlearns it.

How far back is carried decides what can be told apart: "Anna was born in" and
"Olga was born in" differ four tokens back. With one and two tokens carried, no
training of ours got past the second; so six are.

The residual stream is divided: tokens live mostly in 64 dimensions, what is
carried in four spaces of 32. Layer 0: the embeddings share a constant
direction, from which queries and keys get a fixed vector; under rotary
positions their product depends on the distance alone and peaks at h + 1 tokens
back in head h. Layer 1: keys read what was carried, queries what was carried
and the present token, all one place nearer, in rotary pairs so slow that
distance hardly matters; equal tokens at equal distances add up. The value adds
the found token's own embedding to the stream, which is a vote for it.
"""

from __future__ import annotations

import torch
from torch import Tensor

from model import Llama

SHARPNESS = 2.0    # of the logits: gain of the final norm
PEAK = 28.0        # attention score of the wanted distance in layer 0
MATCH = 6.0        # attention score of each equal token in layer 1
TOKEN, SHARED, CARRIED, VOTE = 0.55, 0.35, 0.4, 1.8  # lengths in the residual stream
FAINT = 0.15       # tokens in the dimensions of what is carried, against the others


def frame(rows: int, columns: int, generator: torch.Generator) -> Tensor:
    """A matrix (rows, columns) with orthonormal rows, or columns if there are more rows."""
    long, short = max(rows, columns), min(rows, columns)
    q, _ = torch.linalg.qr(torch.randn(long, short, generator=generator))
    return q if rows > columns else q.T


@torch.no_grad()
def wire(model: Llama, seed: int) -> None:
    """Overwrite parts of a freshly drawn model."""
    shape, size = model.shape, model.shape.head_dim
    width, half = shape.hidden_size, shape.head_dim // 2
    generator = torch.Generator().manual_seed(seed)
    for layer in model.model.layers:  # branches start silent
        layer.mlp.down_proj.weight.zero_()
        layer.self_attn.o_proj.weight.zero_()
    model.model.norm.weight.fill_(SHARPNESS)

    # The stream's spaces: four for what is carried, one for codes of tokens, the rest.
    basis = frame(width, width, generator)
    *carried, code, rest = basis[1:].split([size] * 5 + [width - 1 - 5 * size])
    shared = basis[0]
    table = torch.randn(shape.vocab_size, width, generator=generator) @ basis
    faint = torch.cat(carried)
    table -= (1 - FAINT) * (table @ faint.T) @ faint + (table @ shared)[:, None] * shared
    table = TOKEN * table / table.norm(dim=1, keepdim=True)
    model.model.embed_tokens.weight.copy_(table + SHARED * shared)
    coded = (table @ code.T).norm(dim=1).mean().item()  # length of a token's code

    # Layer 0: head h carries the code of the token h + 1 back.
    a = model.model.layers[0].self_attn
    unit = width ** 0.5 / (TOKEN ** 2 + SHARED ** 2) ** 0.5  # norm makes 1 this long
    fast = torch.tensor([0.4, 0.25, 0.15, 0.1, 0.06, 0.04])
    inverse = shape.rope_theta ** (-torch.arange(half) / half)
    def fixed(distance: int) -> Tensor:
        """Unit vector that, as a query, likes keys `distance` back."""
        v = torch.zeros(size)
        angle = -distance * inverse[:len(fast)]
        v[:len(fast)] = fast.sqrt() * angle.cos()
        v[half:half + len(fast)] = fast.sqrt() * angle.sin()
        return v
    gain = (PEAK * size ** 0.5) ** 0.5 / (SHARED * unit)
    turn = frame(size, size, generator)  # keeps two tokens in one space apart
    places = [(0, False), (1, False), (2, False), (2, True), (3, False), (3, True)]
    for head, (space, turned) in enumerate(places):
        rows = slice(head * size, (head + 1) * size)
        a.q_proj.weight[rows] = gain * fixed(head + 1)[:, None] * shared
        write = carried[space].T @ turn if turned else carried[space].T
        a.o_proj.weight[:, rows] = CARRIED / (coded * unit) * write
    for kv in range(shape.num_key_value_heads):
        rows = slice(kv * size, (kv + 1) * size)
        a.k_proj.weight[rows] = gain * fixed(0)[:, None] * shared
        a.v_proj.weight[rows] = code

    # Layer 1: equal tokens one to six back, at the slow rotary pairs.
    a = model.model.layers[1].self_attn
    unit = width ** 0.5 / (TOKEN ** 2 + SHARED ** 2 + len(places) * CARRIED ** 2) ** 0.5
    slow = [i for i in range(half) if inverse[i] < 3e-3]
    slots = torch.tensor(slow + [half + i for i in slow])
    scale = (MATCH * size ** 0.5 * size / len(slots)) ** 0.5 / unit
    one, two, three, four = (c / CARRIED for c in carried)  # read codes of length 1
    keys = [one, two, three, four]
    queries = [code / coded, one, two + turn @ three, turn.T @ three + turn @ four]
    strengths = [  # of the four spaces: in the keys, then in the queries of two heads
        ((1.5, 1, 0, 0), (1.5, 0, 0, 0), (1.5, 1, 0, 0)),
        ((1, 1, 1, 1), (1, 1, 1, 1), (0.5, 0.5, 1, 1)),
        ((1, 1, 1, 1), (1, 1, 1, 1), (1.3, 1.3, 1.3, 1.3))]
    for kv, (in_keys, *in_queries) in enumerate(strengths):
        project = frame(len(slots), len(carried) * size, generator).split(size, dim=1)
        project = [p * (len(carried) ** 0.5) for p in project]
        rows = kv * size + slots
        a.k_proj.weight[kv * size:(kv + 1) * size] = 0
        a.k_proj.weight[rows] = scale * sum(
            s * p @ k for s, p, k in zip(in_keys, project, keys))
        clean = torch.cat((code, rest))
        vote = frame(size, len(clean), generator) @ clean
        a.v_proj.weight[kv * size:(kv + 1) * size] = vote
        for head, strength in zip((2 * kv, 2 * kv + 1), in_queries):
            a.q_proj.weight[head * size:(head + 1) * size] = 0
            a.q_proj.weight[head * size + slots] = scale * sum(
                s * p @ q for s, p, q in zip(strength, project, queries))
            a.o_proj.weight[:, head * size:(head + 1) * size] = VOTE / (coded * unit) * vote.T
