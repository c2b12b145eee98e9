"""A start in which copying already works: induction heads wired by hand.

A model this small spends its first millions of tokens on finding the one
circuit that all retrieval here rests on (Olsson and others, 2022): a head
that carries the previous token along, and a later head that finds the token
which followed the present one before. Both can be written down. Training then
starts from a model that copies, and refines or unlearns the wiring freely.

Layer 0: the embeddings share a constant direction, from which queries and
keys get a fixed vector; under rotary positions their product depends on the
distance alone and peaks at one (head 0) or two (head 1) tokens back.
Layer 1: keys read what head 0 or 1 brought, queries the present token (or the
one before), in rotary pairs so slow that distance hardly matters; the value
adds the found token's own embedding to the stream, which is a vote for it.
"""

from __future__ import annotations

import torch
from torch import Tensor

from model import Llama

SHARPNESS = 2.0    # of the logits: gain of the final norm
PEAK = 28.0        # attention score of the wanted distance in layer 0
MATCH = 14.0       # attention score of an equal token in layer 1
TOKEN, SHARED, CARRIED, VOTE = 0.55, 0.35, 0.35, 1.8  # lengths in the residual stream


def frames(count: int, rows: int, columns: int, generator: torch.Generator) -> list[Tensor]:
    """Matrices (rows, columns) with orthonormal rows, orthogonal to one another."""
    q, _ = torch.linalg.qr(torch.randn(columns, count * rows, generator=generator))
    return list(q.T.split(rows))


@torch.no_grad()
def wire(model: Llama, seed: int) -> None:
    """Overwrite parts of a freshly drawn model."""
    shape, size = model.shape, model.shape.head_dim
    width, half = shape.hidden_size, shape.head_dim // 2
    generator = torch.Generator().manual_seed(seed)
    draw = lambda *s: torch.randn(*s, generator=generator)
    for layer in model.model.layers:  # branches start silent
        layer.mlp.down_proj.weight.zero_()
        layer.self_attn.o_proj.weight.zero_()

    model.model.norm.weight.fill_(SHARPNESS)
    shared = torch.nn.functional.normalize(draw(width), dim=0)
    table = draw(shape.vocab_size, width)
    table -= (table @ shared)[:, None] * shared
    table = TOKEN * table / table.norm(dim=1, keepdim=True)
    model.model.embed_tokens.weight.copy_(table + SHARED * shared)
    # Directions for carried tokens (two heads) and for reading tokens, off `shared`.
    read, carry_one, carry_two = frames(3, size, width, generator)
    off = lambda m: m - (m @ shared)[:, None] * shared
    read, carry_one, carry_two = off(read), off(carry_one), off(carry_two)

    # Layer 0, key head 0, query heads 0 and 1: one and two tokens back.
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
    for head in (0, 1):
        a.q_proj.weight[head * size:(head + 1) * size] = gain * fixed(head + 1)[:, None] * shared
    a.k_proj.weight[:size] = gain * fixed(0)[:, None] * shared
    a.v_proj.weight[:size] = read
    brought = TOKEN * unit * (size / width) ** 0.5  # length of a read token
    for head, carry in ((0, carry_one), (1, carry_two)):
        a.o_proj.weight[:, head * size:(head + 1) * size] = CARRIED / brought * carry.T

    # Layer 1: equal token at the slow rotary pairs.
    a = model.model.layers[1].self_attn
    unit = width ** 0.5 / (TOKEN ** 2 + SHARED ** 2 + 2 * CARRIED ** 2) ** 0.5
    slow = [i for i in range(half) if inverse[i] < 3e-3]
    places = torch.tensor(slow + [half + i for i in slow])
    n = len(places)
    token = TOKEN * unit * (n / width) ** 0.5   # length of a token read in n directions
    carried = CARRIED * unit * (n / size) ** 0.5
    gain = (MATCH * size ** 0.5 / (token * carried)) ** 0.5
    again = (MATCH * size ** 0.5 / (carried * carried)) ** 0.5
    for kv in range(shape.num_key_value_heads):
        part = torch.arange(n) + (size - n if kv == 1 else 0)
        rows = kv * size + places
        group = shape.num_attention_heads // shape.num_key_value_heads
        before = kv == 2  # compares the tokens before: sees two in a row
        a.k_proj.weight[kv * size:(kv + 1) * size] = 0
        a.k_proj.weight[rows] = again * carry_two[part] if before else gain * carry_one[part]
        votes = frames(1, size, width, generator)[0]
        a.v_proj.weight[kv * size:(kv + 1) * size] = off(votes)
        for head in range(kv * group, (kv + 1) * group):
            a.q_proj.weight[head * size:(head + 1) * size] = 0
            a.q_proj.weight[head * size + places] = (
                again * carry_one[part] if before else gain * read[part])
            a.o_proj.weight[:, head * size:(head + 1) * size] = VOTE / brought * off(votes).T
