"""The fixed buffer: of every layer and KV head the units that are still held, in document order."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from .checkpoint import Shape


@dataclass
class HeadCache:
    keys: Tensor  # (slot, head size), before rotation
    values: Tensor  # (slot, head size)
    scores: Tensor  # (slot)
    origins: Tensor  # (slot): the token's index in the prompt

    def __len__(self) -> int:
        return len(self.origins)

    def append(self, keys: Tensor, values: Tensor, origins: Tensor) -> None:
        """New tokens with scores of nothing."""
        self.keys, self.values = torch.cat((self.keys, keys)), torch.cat((self.values, values))
        self.scores = torch.cat((self.scores, self.scores.new_zeros(len(origins))))
        self.origins = torch.cat((self.origins, origins))

    def keep(self, slots: Tensor) -> None:
        self.keys, self.values = self.keys[slots], self.values[slots]
        self.scores, self.origins = self.scores[slots], self.origins[slots]


@dataclass
class Cache:
    heads: list[list[HeadCache]]  # [layer][KV head]
    seen: int = 0  # tokens read: the origin of the next

    def copy(self) -> "Cache":
        """For an answer: what is appended to a copy leaves this one as it is."""
        return Cache([[replace(head) for head in layer] for layer in self.heads], self.seen)


def empty_cache(shape: Shape, device, dtype) -> Cache:
    def head() -> HeadCache:
        rows = torch.zeros(0, shape.head_size, device=device, dtype=dtype)
        none = torch.zeros(0, device=device)
        return HeadCache(rows, rows, none, none.long())

    return Cache([[head() for _ in range(shape.kv_heads)] for _ in range(shape.layers)])
