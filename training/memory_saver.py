"""LoCoCo's cache (arXiv 2406.05317; `memory_saver` of VITA-Group/LoCoCo), by the engine's rules.

The engine's own are src/policies/merge_others.ts, kernel by kernel in reference/merge.ts: after
a block the slots that it attended to most stay, in order; behind them come the merged ones. Keys
are merged as they are cached, see reader.py.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Iterator

import torch
import torch.nn.functional as F
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from reader import Cache, Reader

SAVER = "model.layers.{}.self_attn.memory_saver."  # the official names, also the engine's


@dataclass(frozen=True)
class Reading:
    """How a document is read, under the names that the engine's settings have."""

    budget: int        # slots kept per layer and KV head
    keptShare: float   # of the budget; the rest is for merged slots
    chunk: int         # tokens read between two evictions
    burst: int         # slots beyond the budget before an eviction is made
    positions: str     # "slot" or "original"

    @property
    def merged(self) -> int:
        return int(self.budget * (1 - self.keptShare))


class MemorySaver(nn.Module):
    """One layer's convolution, for all of its KV heads.

    It starts as torch.nn.Conv1d does, and so it does in src/training/compressor/start.ts.
    """

    def __init__(self, merged: int, size: int, taps: int):
        super().__init__()
        self.layers = nn.ModuleList([nn.Conv1d(2 * size, merged, taps, padding=taps // 2)])
        self.normalizer = nn.Parameter(torch.tensor([0.5]))  # λ: the convolution's share

    def forward(self, keys: Tensor, values: Tensor, heat: Tensor, budget: int):
        """Keys and values (kv heads, budget, size) of as many slots as there are.

        keys, values: (kv heads, slots, size)
        heat: (kv heads, slots), by which slots are heavy; of equal ones the later
        """
        heavy_slots, slots = budget - self.layers[0].out_channels, heat.shape[1]
        ranked = slots - 1 - heat.flip(1).argsort(dim=1, descending=True, stable=True)
        heavy = ranked[:, :heavy_slots].sort(1).values
        others = ranked[:, heavy_slots:].sort(1).values
        stood_for = ranked[:, heavy_slots:budget].sort(1).values  # one for every merged slot
        taken = lambda x, at: x.gather(1, at[..., None].expand(-1, -1, x.shape[2]))
        sources = torch.cat((taken(keys, others), taken(values, others)), 2).transpose(1, 2)
        shares = self.layers[0](sources).relu().softmax(-1)  # (kv heads, merged, others)
        residual = F.one_hot(torch.searchsorted(others, stood_for), others.shape[1])
        mixing = (1 - self.normalizer) * residual + self.normalizer * shares
        return tuple(torch.cat((taken(x, heavy), mixing @ taken(x, others)), 1)
                     for x in (keys, values))


@dataclass(frozen=True)
class Block:
    """What a block of a document was read to."""

    first: int         # tokens of the document before it
    logits: Tensor     # (T, vocabulary)
    compressed: bool   # whether the cache it saw had been
    cache: Cache       # that it left behind


def read_blocks(reader: Reader, ids: list[int], reading: Reading,
                savers: list[MemorySaver] | None) -> Iterator[Block]:
    """Reads a document block by block; without savers with a full cache, in the same blocks.

    A block's gradient reaches the savers that made the merged slots it sees, and nothing before.
    """
    cache, occupied, compressed = None, 0, False
    for first in range(0, len(ids), reading.chunk):
        block = ids[first:first + reading.chunk]
        logits, layers = reader.run(block, cache, first)
        cache = [(k.detach(), v.detach()) for (k, v), _ in layers]
        occupied += len(block)
        full = occupied > reading.budget + reading.burst
        if full:
            occupied = reading.budget
            if savers:
                heats = [s.detach().softmax(-1).sum(1).unflatten(0, (-1, reader.group)).sum(1)
                         for _, s in layers]
                cache = [saver(k, v, heat, reading.budget)
                         for saver, (k, v), heat in zip(savers, cache, heats)]
        yield Block(first, logits, compressed, cache)
        compressed = compressed or full


def write_savers(savers: list[MemorySaver], path: Path, metadata: dict[str, str]) -> None:
    """The file that the engine loads, as src/training/compressor/file.ts writes it."""
    tensors = {SAVER.format(i) + name: value.contiguous()
               for i, saver in enumerate(savers) for name, value in saver.state_dict().items()}
    save_file(tensors, path, metadata={"format": "pt", **metadata})


def load_savers(path: Path) -> tuple[list[MemorySaver], Reading]:
    """A trained file, the engine's or ours, and the reading that its metadata say it is for."""
    with safe_open(path, "pt") as file:
        said = flat(json.loads(file.metadata()["settings"]))
        tensors = {name: file.get_tensor(name) for name in file.keys()}
    savers = []
    while (prefix := SAVER.format(len(savers))) + "normalizer" in tensors:
        merged, channels, taps = tensors[prefix + "layers.0.weight"].shape
        saver = MemorySaver(merged, channels // 2, taps)
        saver.load_state_dict({name: tensors[prefix + name] for name in saver.state_dict()})
        savers.append(saver)
    return savers, Reading(**{name: said[name] for name in Reading.__dataclass_fields__})


def flat(settings: dict) -> dict:
    """The policy's settings beside the others; files from before 28 November 2026 have them so."""
    policy = settings["policy"]
    return {**settings, **policy} if isinstance(policy, dict) else settings


def settings_of(reading: Reading, **others: object) -> str:
    """For a file's metadata, as src/training/compressor/settings.ts groups them."""
    room = asdict(reading)
    policy = {"name": "lococo", "keptShare": room.pop("keptShare")}
    return json.dumps({**room, "policy": policy, **others})
