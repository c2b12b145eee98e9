"""Measure what storing weights, or keys and values, in fewer bits changes in what the model foretells.

    python storage.py ../public/models/default --text CORPUS/gutenberg/austen-persuasion.txt

The codes are those of the engine: blocks of 32 weights (src/model/quantize.ts), rows of keys and
values with a range of their own (reference/cache_rows.ts); keys before rotation. Nothing is evicted.
Perplexity of 8,192 tokens in rows of 1,024; KL divergence, change of the logits and share of the
same likeliest token against f32.
"""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import Callable

import torch
from torch import Tensor
from transformers import AutoModelForCausalLM, AutoTokenizer

ROWS, LENGTH = 8, 1024
BLOCK = 32

Rounding = Callable[[Tensor], Tensor]


def half(values: Tensor) -> Tensor:
    return values.half().float()


def over(values: Tensor, steps: Tensor) -> Tensor:
    """values / steps, 0 where a block has no extent."""
    return torch.where(steps == 0, torch.zeros(()), values / steps)


def weights_q8(matrix: Tensor) -> Tensor:
    blocks = matrix.unflatten(-1, (-1, BLOCK))
    scale = half(blocks.abs().amax(-1, keepdim=True) / 127)
    return (over(blocks, scale).round().clamp(-127, 127) * scale).flatten(-2)


def weights_q4(matrix: Tensor) -> Tensor:
    blocks = matrix.unflatten(-1, (-1, BLOCK))
    least, most = blocks.amin(-1, keepdim=True), blocks.amax(-1, keepdim=True)
    scale, minimum = half((most - least) / 15), half(least)
    return (over(blocks - minimum, scale).round().clamp(0, 15) * scale + minimum).flatten(-2)


def bfloat16_below(values: Tensor) -> Tensor:
    return (values.view(torch.int32) & ~0xFFFF).view(torch.float32)


def bfloat16_above(values: Tensor) -> Tensor:
    return ((values.view(torch.int32) + 0xFFFF) & ~0xFFFF).view(torch.float32)


def rows_int8(rows: Tensor) -> Tensor:
    least = rows.amin(-1, keepdim=True)
    step = (rows.amax(-1, keepdim=True) - least).clamp(min=1e-30) / 255
    return ((rows - least) / step + 0.5).floor() * step + least


def rows_int4(rows: Tensor) -> Tensor:
    least, most = rows.amin(-1, keepdim=True), rows.amax(-1, keepdim=True)
    least = torch.where(least < 0, -bfloat16_above(-least), bfloat16_below(least))
    step = bfloat16_above(most - least).clamp(min=1e-30) / 15
    return ((rows - least) / step + 0.5).floor() * step + least


def rows_mixed_int4(rows: Tensor) -> Tensor:
    """Between two turns by a Hadamard matrix, in blocks of 32."""
    matrix = torch.ones(1, 1)
    while len(matrix) < BLOCK:
        matrix = torch.cat([torch.cat([matrix, matrix], 1), torch.cat([matrix, -matrix], 1)])
    matrix = matrix / BLOCK ** 0.5

    def turn(values: Tensor) -> Tensor:
        return (values.unflatten(-1, (-1, BLOCK)) @ matrix).flatten(-2)

    return turn(rows_int4(turn(rows)))


@torch.no_grad()
def logits_of(folder: Path, ids: Tensor, weights: Rounding | None, rows: Rounding | None) -> Tensor:
    """(ROWS, LENGTH, vocabulary)"""
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    size = model.config.head_dim
    if weights is not None:
        for parameter in model.parameters():
            if parameter.ndim == 2:
                parameter.copy_(weights(parameter))
    if rows is not None:
        def through_cache(_module: torch.nn.Module, _inputs: object, out: Tensor) -> Tensor:
            return rows(out.unflatten(-1, (-1, size))).flatten(-2)

        for layer in model.model.layers:
            layer.self_attn.k_proj.register_forward_hook(through_cache)
            layer.self_attn.v_proj.register_forward_hook(through_cache)
    return torch.cat([model(row[None]).logits for row in ids])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--text", type=Path, required=True)
    args = parser.parse_args()
    tokenizer = AutoTokenizer.from_pretrained(args.folder)
    ids = torch.tensor(tokenizer(args.text.read_text(), add_special_tokens=False).input_ids)
    ids = ids[:ROWS * LENGTH].view(ROWS, LENGTH)
    measured = partial(logits_of, args.folder, ids)
    plain = measured(None, None)
    print(f"spread of the logits {plain.std(-1).mean():.2f}")
    print("what          perplexity        KL  logits, RMS  same first choice")
    for name, weights, rows in [
        ("f32", None, None),
        ("weights q8", weights_q8, None),
        ("weights q4", weights_q4, None),
        ("cache f16", None, half),
        ("cache int8", None, rows_int8),
        ("cache int4", None, rows_mixed_int4),
        ("int4, unmixed", None, rows_int4),
    ]:
        logits = measured(weights, rows)
        nats = torch.nn.functional.cross_entropy(logits[:, :-1].flatten(0, 1), ids[:, 1:].flatten())
        said, known = logits.log_softmax(-1), plain.log_softmax(-1)
        divergence = (known.exp() * (known - said)).sum(-1).mean()
        moved = (logits - plain).square().mean().sqrt()
        same = (logits.argmax(-1) == plain.argmax(-1)).float().mean()
        print(f"{name:14}{nats.exp():10.1f}{divergence:10.2g}{moved:13.3f}{100 * same:17.1f} %")


if __name__ == "__main__":
    main()
