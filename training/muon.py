"""Muon for the matrices, AdamW for the rest.

Muon (K. Jordan and others, 2024) makes the momentum of a matrix orthogonal by
a few Newton-Schulz steps before it is applied: every direction is learned at
the same pace, which at this size saves about half of the tokens. Matrices of
one shape are stacked so that few large products are computed.
"""

from __future__ import annotations

import torch
import torch.distributed as dist
from torch import Tensor, nn

STEPS = 5
COEFFICIENTS = (3.4445, -4.7750, 2.0315)  # of the published quintic iteration


def orthogonal(x: Tensor) -> Tensor:
    """Nearly orthogonal matrices with the singular vectors of x: (N, rows, columns)."""
    a, b, c = COEFFICIENTS
    wide = x if x.shape[1] <= x.shape[2] else x.transpose(1, 2)
    y = wide / (wide.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(STEPS):
        g = y @ y.transpose(1, 2)
        y = a * y + (b * g + c * g @ g) @ y
    return y if wide is x else y.transpose(1, 2)


class Muon(torch.optim.Optimizer):
    """Orthogonalised momentum for 2-D weights; the ranks share the work."""

    def __init__(self, weights: list[nn.Parameter], lr: float, momentum: float = 0.95,
                 rank: int = 0, ranks: int = 1):
        super().__init__(weights, dict(lr=lr, momentum=momentum))
        self.rank, self.ranks = rank, ranks

    @torch.no_grad()
    def step(self) -> None:
        group = self.param_groups[0]
        blends, updates = [], []
        for w in group["params"]:
            moment = self.state[w].setdefault("momentum", torch.zeros_like(w))
            moment.lerp_(w.grad, 1 - group["momentum"])
            blends.append(w.grad.lerp(moment, group["momentum"]))
            updates.append(torch.zeros_like(w))
        by_shape: dict[tuple, list[int]] = {}
        for i in range(self.rank, len(blends), self.ranks):
            by_shape.setdefault(tuple(blends[i].shape), []).append(i)
        for same in by_shape.values():
            for i, update in zip(same, orthogonal(torch.stack([blends[i] for i in same]))):
                updates[i] = update
        if self.ranks > 1:
            flat = torch.cat([u.flatten() for u in updates])
            dist.all_reduce(flat)
            updates = [part.view_as(u) for part, u in
                       zip(flat.split([u.numel() for u in updates]), updates)]
        for w, update in zip(group["params"], updates):
            rows, columns = w.shape
            w.add_(update, alpha=-group["lr"] * max(1.0, rows / columns) ** 0.5)
