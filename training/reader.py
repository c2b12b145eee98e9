"""The forward pass of a frozen model over a cache of its own earlier keys and values."""

from __future__ import annotations

import torch
from torch import Tensor

from model import Llama, rope_tables, rotate

Cache = list[tuple[Tensor, Tensor]]  # of each layer keys and values: (kv heads, slots, size)


def split(x: Tensor, heads: int) -> Tensor:
    """(T, heads · size) as (heads, T, size)."""
    return x.view(len(x), heads, -1).transpose(0, 1)


class Reader:
    """Under positions "slot" keys are cached before their rotation and turned to their slots;
    under "original" they are turned to their places in the document and cached so."""

    def __init__(self, model: Llama, positions: str = "slot"):
        self.model, self.shape = model.model, model.shape
        self.group = self.shape.num_attention_heads // self.shape.num_key_value_heads
        self.original = positions == "original"

    def run(self, ids: list[int], cache: Cache | None, read: int = 0, own: Tensor | None = None):
        """Logits (T, vocabulary), and of each layer its cache, the new tokens last, and the
        scaled scores (heads, T, slots).

        read: tokens of the document before these
        own: (T, T), which of the new tokens see which; plainly causal if not given
        """
        count, cached = len(ids), cache[0][0].shape[1] if cache else 0
        own = torch.ones(count, count, dtype=torch.bool).tril() if own is None else own
        seen = torch.cat((torch.ones(count, cached, dtype=torch.bool), own), 1)
        place = (read if self.original else cached) + own.sum(1) - 1  # behind those it sees
        at = place if self.original else torch.cat((torch.arange(cached), place))
        cos, sin = (t[0, 0] for t in rope_tables(at[None], self.shape))  # (keys to turn, size)
        x = self.model.embed_tokens.weight[torch.tensor(ids)]
        layers = []
        for i, layer in enumerate(self.model.layers):
            attention, h = layer.self_attn, layer.input_layernorm(x)
            q = rotate(split(attention.q_proj(h), attention.heads), cos[-count:], sin[-count:])
            k, v = (split(p(h), attention.kv_heads) for p in (attention.k_proj, attention.v_proj))
            k = rotate(k, cos, sin) if self.original else k
            if cache:
                k, v = (torch.cat(pair, 1) for pair in zip(cache[i], (k, v)))
            keys = k if self.original else rotate(k, cos, sin)
            scores = q @ keys.repeat_interleave(self.group, 0).transpose(1, 2)
            scores = (scores / self.shape.head_dim ** 0.5).masked_fill(~seen, -1e30)
            mixed = scores.softmax(-1) @ v.repeat_interleave(self.group, 0)
            x = x + attention.o_proj(mixed.transpose(0, 1).flatten(1))
            x = x + layer.mlp(layer.post_attention_layernorm(x))
            layers.append(((k, v), scores))
        return self.model.norm(x) @ self.model.embed_tokens.weight.T, layers
