"""How well a model foresees prose: windows from all over some books, nats a token."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from books import Books
from model import Llama
from tokenizer import BOS, USER

ROWS = 8  # windows at a time


def windows(books: Books, length: int, count: int) -> Tensor:
    """(count, length) tokens, each window begun as a prompt is."""
    flat = [i for ids in books.ids for i in ids]
    step = (len(flat) - length) // count
    return torch.tensor([[BOS, USER] + flat[i * step:i * step + length - 2] for i in range(count)])


@torch.no_grad()
def nats(model: Llama, ids: Tensor) -> float:
    """Mean loss of the tokens of windows (count, length) but for what begins them."""
    total = 0.0
    for rows in ids.split(ROWS):
        positions = torch.arange(rows.shape[1], device=rows.device)[None].expand_as(rows)
        # the last row's; the others are causal
        mask = torch.ones(len(rows), 1, 1, rows.shape[1], dtype=torch.bool, device=rows.device)
        logits = model(rows, positions, mask)[:, 1:-1].float()
        total += F.cross_entropy(logits.flatten(0, 1), rows[:, 2:].flatten()).item() * len(rows)
    return total / len(ids)
