"""The forward pass, step by step, for whoever keeps keys and values: the reader or the trainer."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from .checkpoint import Checkpoint, Layer, Sight


class Model:
    def __init__(self, checkpoint: Checkpoint):
        self.weights, self.shape = checkpoint, checkpoint.shape
        self.device, self.dtype = checkpoint.embeddings.device, checkpoint.embeddings.dtype
        self.frequencies = {sight: self.frequencies_of(sight) for sight in {l.sight for l in checkpoint.layers}}

    def frequencies_of(self, sight: Sight) -> Tensor:
        """(head size / 2)."""
        pairs = torch.arange(0, self.shape.head_size, 2, device=self.device, dtype=torch.float32)
        return sight.theta ** (-pairs / self.shape.head_size) / sight.stretch

    def embed(self, ids) -> Tensor:
        """(T) to (T, hidden)."""
        return self.weights.embeddings[torch.as_tensor(ids, device=self.device)] * self.shape.embedding_scale

    def norm(self, x: Tensor, weight: Tensor) -> Tensor:
        wide = x.float()
        scale = torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + self.shape.epsilon)
        return (wide * scale).to(x.dtype) * weight

    def project(self, layer: Layer, x: Tensor) -> Tensor:
        """(T, hidden) to rows [q; k; v] before rotation, with bias and head norms: (T, q · k · v)."""
        rows = product(self.norm(x, layer.attention_norm), layer.qkv, layer.qkv_bias)
        if layer.query_norm is None:
            return rows
        q, k, v = self.split(rows)
        q, k = self.norm(q, layer.query_norm), self.norm(k, layer.key_norm)
        return torch.cat([part.transpose(0, 1).flatten(1) for part in (q, k, v)], -1)

    def split(self, rows: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Rows [q; k; v] as (heads, T, size), (KV heads, T, size), (KV heads, T, size)."""
        s = self.shape
        by_head = rows.view(len(rows), -1, s.head_size).transpose(0, 1)
        return by_head.split((s.heads, s.kv_heads, s.kv_heads))

    def rotate(self, x: Tensor, positions: Tensor, sight: Sight | None = None) -> Tensor:
        """x (heads, T, size) turned to positions (T): the halves are the pairs (transformers' layout).
        The sight of its layer may be left out where all layers have the same."""
        if sight is None:
            (sight,) = self.frequencies
        angles = positions.to(self.device).float()[:, None] * self.frequencies[sight]
        cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
        a, b = x.chunk(2, -1)
        return torch.cat((a * cos - b * sin, b * cos + a * sin), -1)

    def attended(self, layer: Layer, x: Tensor, mixed: Tensor) -> Tensor:
        """What attention found, mixed (heads, T, size), onto the residual stream."""
        added = product(mixed.transpose(0, 1).flatten(1), layer.output, layer.output_bias)
        return x + self.post_norm(added, layer.attention_post_norm)

    def feed_forward(self, layer: Layer, x: Tensor) -> Tensor:
        gate, up = product(self.norm(x, layer.feed_forward_norm), layer.gate_up).chunk(2, -1)
        gate = F.gelu(gate, approximate="tanh") if self.shape.gelu else F.silu(gate)
        return x + self.post_norm(product(gate * up, layer.down), layer.feed_forward_post_norm)

    def post_norm(self, x: Tensor, weight: Tensor | None) -> Tensor:
        """Gemma's, of what a half of a layer adds."""
        return x if weight is None else self.norm(x, weight)

    def logits(self, x: Tensor) -> Tensor:
        """(T, hidden) to (T, vocabulary)."""
        return product(self.norm(x, self.weights.final_norm), self.weights.output).float()


def product(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """x (T, in) with weight (out, in), computed in the weight's type; the sum with the bias in that of x."""
    found = F.linear(x.to(weight.dtype), weight).to(x.dtype)
    return found if bias is None else found + bias
