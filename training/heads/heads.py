"""Retaining heads (Locret, arXiv 2410.01805, section 3.3): from q, k, v of a token to a score per KV head.

While training, the inputs are standardised with the mean and the spread of the first texts, since
some models' key biases are a hundred times their values. In the file the standardisation is folded
into the first matrix and its bias, so that reading needs no other step than the official one.
"""

from __future__ import annotations

import json

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from twin.checkpoint import Shape

LOWEST = 1e-6  # the smallest share of attention that labels tell apart


class Heads(nn.Module):
    def __init__(self, shape: Shape, width: int, seed: int):
        super().__init__()
        draw = torch.Generator().manual_seed(seed)
        layers, ins = shape.layers, shape.qkv
        self.register_buffer("mean", torch.zeros(layers, ins))
        self.register_buffer("spread", torch.ones(layers, ins))
        self.fc1 = nn.Parameter(torch.randn(layers, width, ins, generator=draw) / ins ** 0.5)
        self.fc1_bias = nn.Parameter(torch.zeros(layers, width))
        self.fc2 = nn.Parameter(torch.randn(layers, shape.kv_heads, width, generator=draw) * 0.01)
        self.fc2_bias = nn.Parameter(torch.full((layers, shape.kv_heads), -5.0))

    def standardise(self, layer: int, rows: Tensor, seen: int) -> None:
        """Takes one more text, rows (T, q · k · v), into mean and spread."""
        with torch.no_grad():
            weight = 1 / (seen + 1)
            self.mean[layer].lerp_(rows.mean(0), weight)
            spread = rows.std(0) + 1e-3
            self.spread[layer] = spread if seen == 0 else self.spread[layer].lerp(spread, weight)

    def forward(self, layer: int, rows: Tensor) -> Tensor:
        """Rows (T, q · k · v) before rotation to (KV heads, T): the logarithm of a share of attention."""
        x = (rows - self.mean[layer]) / self.spread[layer]
        hidden = F.silu(F.linear(x, self.fc1[layer], self.fc1_bias[layer]))
        return F.linear(hidden, self.fc2[layer], self.fc2_bias[layer]).T

    def tensors(self) -> dict[str, Tensor]:
        """Under the official names, standardisation folded in; the last bias moves all scores alike."""
        found = {}
        for i in range(len(self.fc1)):
            at = f"model.layers.{i}.self_attn"
            folded = self.fc1[i] / self.spread[i]
            found[f"{at}.fc1.weight"] = folded
            found[f"{at}.fc1.bias"] = self.fc1_bias[i] - folded @ self.mean[i]
            found[f"{at}.fc2.weight"] = self.fc2[i]
        return {name: t.detach().half().cpu().contiguous() for name, t in found.items()}


class SavedHeads:
    """A file of heads, as the engine reads it."""

    def __init__(self, path: str, device: str = "cpu", dtype=torch.float32):
        from safetensors import safe_open

        tensors = load_file(path, device=device)
        with safe_open(path, "pt") as opened:
            self.metadata = opened.metadata() or {}
        layers = sum(name.endswith("fc2.weight") for name in tensors)

        def stacked(name: str) -> Tensor | None:
            parts = [tensors.get(f"model.layers.{i}.self_attn.{name}") for i in range(layers)]
            return None if parts[0] is None else torch.stack(parts).to(dtype)

        self.fc1, self.fc1_bias, self.fc2 = map(stacked, ("fc1.weight", "fc1.bias", "fc2.weight"))
        self.pool = int(self.metadata.get("pool", 0))
        shares = self.metadata.get("shares")
        self.shares = None if shares is None else torch.tensor(json.loads(shares))

    def __call__(self, layer: int, rows: Tensor) -> Tensor:
        bias = None if self.fc1_bias is None else self.fc1_bias[layer]
        return F.linear(F.silu(F.linear(rows, self.fc1[layer], bias)), self.fc2[layer]).T


def save(path: str, tensors: dict[str, Tensor], metadata: dict[str, str]) -> None:
    save_file(tensors, path, metadata)
