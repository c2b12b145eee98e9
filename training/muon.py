"""Muon for the matrices, AdamW for the rest.

Muon (K. Jordan and others, 2024) makes the momentum of a matrix orthogonal by
a few Newton-Schulz steps before it is applied: every direction is learned at
the same pace, which at this size saves about half of the tokens. Matrices of
one shape are stacked so that few large products are computed.
"""

from __future__ import annotations

import torch
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
    """Orthogonalised momentum for 2-D weights."""

    def __init__(self, weights: list[nn.Parameter], lr: float, momentum: float = 0.95,
                 decay: float = 0.0):
        super().__init__(weights, dict(lr=lr, momentum=momentum, decay=decay))

    @torch.no_grad()
    def step(self) -> None:
        for group in self.param_groups:
            by_shape: dict[tuple, list[nn.Parameter]] = {}
            for weight in group["params"]:
                by_shape.setdefault(tuple(weight.shape), []).append(weight)
            for (rows, columns), weights in by_shape.items():
                for w in weights:
                    if "momentum" not in self.state[w]:
                        self.state[w]["momentum"] = torch.zeros_like(w)
                moment = torch.stack([self.state[w]["momentum"] for w in weights])
                grad = torch.stack([w.grad for w in weights])
                moment.lerp_(grad, 1 - group["momentum"])
                update = orthogonal(grad.lerp(moment, group["momentum"]))
                scale = group["lr"] * max(1.0, rows / columns) ** 0.5
                for w, m, u in zip(weights, moment, update):
                    self.state[w]["momentum"].copy_(m)
                    w.mul_(1 - group["lr"] * group["decay"]).add_(u, alpha=-scale)
