"""The model: a plain Llama decoder, small enough to be trained on two CPU cores.

Why our own class rather than transformers: the trainer needs a custom
attention mask (many questions share one document), logits at chosen positions
only, and one static graph for torch.compile. Parameter names and shapes are
those of transformers' LlamaForCausalLM, so the exported weights load there
unchanged; check_export.py proves that the logits agree.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

BLOCK = 256  # query rows of one attention call


@dataclass(frozen=True)
class Shape:
    """Sizes of the model, under the names of the Hugging Face config."""

    vocab_size: int = 4096
    hidden_size: int = 256
    intermediate_size: int = 512
    num_hidden_layers: int = 5
    num_attention_heads: int = 8
    num_key_value_heads: int = 4
    head_dim: int = 32
    rope_theta: float = 500_000.0
    rms_norm_eps: float = 1e-5
    max_position_embeddings: int = 2048


class RMSNorm(nn.Module):
    """Scale each vector to unit mean square, then by a learned gain."""

    def __init__(self, size: int, eps: float):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        scale = torch.rsqrt(x.float().square().mean(-1, keepdim=True) + self.eps)
        return (x.float() * scale * self.weight).to(x.dtype)


def rope_tables(positions: Tensor, shape: Shape) -> tuple[Tensor, Tensor]:
    """Cosines and sines of the rotary angles: (B, 1, T, head_dim)."""
    half = torch.arange(0, shape.head_dim, 2, dtype=torch.float32, device=positions.device)
    inverse = shape.rope_theta ** (-half / shape.head_dim)  # (head_dim / 2)
    angle = positions[:, None, :, None].float() * inverse  # (B, 1, T, head_dim / 2)
    angle = torch.cat((angle, angle), dim=-1)
    return angle.cos(), angle.sin()


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary position encoding in the rotate-half layout; x: (B, heads, T, head_dim)."""
    first, second = x.chunk(2, dim=-1)
    return x * cos + torch.cat((-second, first), dim=-1) * sin


class Attention(nn.Module):
    """Grouped-query attention under a mask given from outside."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.heads, self.kv_heads, self.size = (
            shape.num_attention_heads, shape.num_key_value_heads, shape.head_dim)
        self.q_proj = nn.Linear(shape.hidden_size, self.heads * self.size, bias=False)
        self.k_proj = nn.Linear(shape.hidden_size, self.kv_heads * self.size, bias=False)
        self.v_proj = nn.Linear(shape.hidden_size, self.kv_heads * self.size, bias=False)
        self.o_proj = nn.Linear(self.heads * self.size, shape.hidden_size, bias=False)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor) -> Tensor:
        b, t, _ = x.shape
        split = lambda y, n: y.view(b, t, n, self.size).transpose(1, 2)  # (B, n, T, size)
        q = rotate(split(self.q_proj(x), self.heads), cos, sin)
        k = rotate(split(self.k_proj(x), self.kv_heads), cos, sin)
        v = split(self.v_proj(x), self.kv_heads)
        group = self.heads // self.kv_heads
        k = k.repeat_interleave(group, dim=1)
        v = v.repeat_interleave(group, dim=1)
        causal = t - mask.shape[2]  # rows before the mask's first
        parts = []
        if causal:
            parts.append(F.scaled_dot_product_attention(
                q[:, :, :causal], k[:, :, :causal], v[:, :, :causal], is_causal=True))
        for start in range(causal, t, BLOCK):  # no key after a block's last row is looked at
            end = min(start + BLOCK, t)
            parts.append(F.scaled_dot_product_attention(
                q[:, :, start:end], k[:, :, :end], v[:, :, :end],
                attn_mask=mask[:, :, start - causal:end - causal, :end]))
        y = torch.cat(parts, dim=2)
        return self.o_proj(y.transpose(1, 2).reshape(b, t, -1))


class MLP(nn.Module):
    """SwiGLU feed-forward."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.gate_proj = nn.Linear(shape.hidden_size, shape.intermediate_size, bias=False)
        self.up_proj = nn.Linear(shape.hidden_size, shape.intermediate_size, bias=False)
        self.down_proj = nn.Linear(shape.intermediate_size, shape.hidden_size, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    """One pre-norm decoder layer."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.self_attn = Attention(shape)
        self.mlp = MLP(shape)
        self.input_layernorm = RMSNorm(shape.hidden_size, shape.rms_norm_eps)
        self.post_attention_layernorm = RMSNorm(shape.hidden_size, shape.rms_norm_eps)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor) -> Tensor:
        x = x + self.self_attn(self.input_layernorm(x), cos, sin, mask)
        return x + self.mlp(self.post_attention_layernorm(x))


class Decoder(nn.Module):
    """Embedding, layers, final norm: token ids (B, T) to hidden states (B, T, hidden)."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.embed_tokens = nn.Embedding(shape.vocab_size, shape.hidden_size)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.num_hidden_layers))
        self.norm = RMSNorm(shape.hidden_size, shape.rms_norm_eps)

    def forward(self, ids: Tensor, cos: Tensor, sin: Tensor, mask: Tensor) -> Tensor:
        x = self.embed_tokens(ids)
        for layer in self.layers:
            x = layer(x, cos, sin, mask)
        return self.norm(x)


class Llama(nn.Module):
    """The language model; the output matrix is the embedding matrix."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        self.model = Decoder(shape)
        depth = 1 / math.sqrt(2 * shape.num_hidden_layers)
        for name, weight in self.named_parameters():
            if weight.ndim == 2:
                out = name.endswith(("o_proj.weight", "down_proj.weight"))
                nn.init.normal_(weight, std=0.02 * (depth if out else 1.0)
                                if "embed" in name else
                                (depth if out else 1.0) / math.sqrt(weight.shape[1]))

    def forward(self, ids: Tensor, positions: Tensor, mask: Tensor,
                where: Tensor | None = None) -> Tensor:
        """Logits, at all positions or at the flat indices `where` (N) only.

        ids, positions: (B, T); mask: (B, 1, T, T), True where a query (row)
        may see a key (column), or (B, 1, rows, T) for the last rows only: the
        rows before are then plainly causal, which costs half.
        """
        cos, sin = rope_tables(positions, self.shape)
        x = self.model(ids, cos, sin, mask)
        if where is not None:
            x = x.flatten(0, 1)[where]  # (N, hidden)
        return F.linear(x, self.model.embed_tokens.weight)
