"""What a fixed buffer keeps, policy by policy, as src/policies has it. Scores of new tokens are given
when they are appended (`score`), brought up to date by attention (`observe`) or by what the cache
holds when an eviction is due (`reconsider`)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .cache import HeadCache

SLOTS_PER_PROXY = 100  # slots in use for each of a chunk's last queries that NACL asks


@dataclass(frozen=True)
class QueryWindow:
    queries: int  # last of a chunk that say what they looked at
    power: int  # of the shares that are summed
    highest: bool  # of the neighbours counts; otherwise their mean
    reach: int  # neighbours on either side
    spared: int  # newest slots that stay


WINDOWS = {
    "snapkv": QueryWindow(32, power=1, highest=False, reach=2, spared=32),
    "kv-compress": QueryWindow(32, power=2, highest=True, reach=3, spared=50),
}


@dataclass(frozen=True)
class Policy:
    name: str
    stabilizers: int
    sinks: int
    pool: int = 0  # of locret
    seed: int = 0  # of random and nacl
    drawnShare: float = 0  # of nacl


@dataclass(frozen=True)
class Settings:
    budget: int
    burst: int
    chunk: int
    policy: Policy
    positions: str = "slot"
    half: bool = True  # keys and values are rounded to halves, as the engine's cache stores them
    units: bool = False  # every question chooses again among the units of all tokens


@dataclass(frozen=True)
class Eviction:
    survivors: int  # slots that stay
    first: int  # oldest that are spared
    last: int  # newest that are spared


POLICIES = (
    "full", "window", "streaming", "random", "knorm", "keydiff", "snapkv", "kv-compress", "nacl", "h2o", "tova",
    "sirllm", "kvmerger", "locret")


# ── when tokens are appended

def score(settings: Settings, heads, layer: int, rows: Tensor, cache: list[HeadCache]) -> None:
    """Scores of a chunk's tokens, the newest in every head; rows (T, q · k · v) before rotation."""
    count = len(rows)
    if settings.policy.name == "locret":
        pooled = highest(heads(layer, rows), settings.policy.pool)
        for head, scores in zip(cache, pooled):
            head.scores[-count:] = scores.float()
    elif settings.policy.name == "knorm":
        for head in cache:
            head.scores[-count:] = -head.keys[-count:].float().norm(dim=-1)
    elif settings.policy.name == "random":
        for index, head in enumerate(cache):
            origins = head.origins[-count:].cpu().numpy()
            head.scores[-count:] = torch.from_numpy(uniform(settings.policy.seed, layer, index, origins)).to(rows.device)


def highest(scores: Tensor, reach: int) -> Tensor:
    """(KV heads, T): each the highest of `reach` neighbours on either side (APB)."""
    return F.max_pool1d(scores[:, None], 2 * reach + 1, 1, reach)[:, 0] if reach else scores


# ── after attention

def asking(settings: Settings, count: int) -> int:
    """How many of a chunk's last queries say what they looked at."""
    proxies = max(1, (settings.budget + settings.burst + settings.chunk) // SLOTS_PER_PROXY)
    windows = {name: window.queries for name, window in WINDOWS.items()}
    asked = {"h2o": count, "nacl": proxies, "tova": 1, "kvmerger": count, **windows}
    return min(count, asked.get(settings.policy.name, 0))


def power(policy: str) -> int:
    """Of the shares that are summed."""
    return WINDOWS[policy].power if policy in WINDOWS else 1


def observe(settings: Settings, head: HeadCache, sums: Tensor, count: int, first_origin: int) -> None:
    """sums (slot): see reader.column_sums."""
    if settings.policy.name != "h2o":
        head.scores = sums
        return
    # H2O: the mean over all queries that could see the slot, carried on by this chunk's
    before = (first_origin - head.origins).clamp_min(0)
    head.scores = (head.scores * before + sums) / (first_origin + count - head.origins)


# ── when an eviction is due

def reconsider(settings: Settings, layer: int, cache: list[HeadCache], turned: list[Tensor], evictions: list[Eviction]) -> list[Eviction]:
    """turned: of every head its keys after rotation (slot, head size)."""
    if settings.policy.name == "keydiff":
        for head, keys in zip(cache, turned):
            unit = F.normalize(keys, dim=-1, eps=1e-12)
            head.scores = -(unit @ F.normalize(unit.mean(0), dim=0, eps=1e-12))
    elif settings.policy.name == "tova":
        if len({len(head) for head in cache}) > 1:
            raise ValueError("tova ranks slots over all heads of a layer, which must then have the same budget")
        mean = torch.stack([head.scores for head in cache]).mean(0)
        for head in cache:
            head.scores = mean.clone()
    elif settings.policy.name == "nacl":
        for number, (head, eviction) in enumerate(zip(cache, evictions)):
            if len(head) > eviction.survivors + settings.burst:
                draw(settings.policy, layer, number, head, eviction)
    elif settings.policy.name in WINDOWS:
        return [pooled(WINDOWS[settings.policy.name], head, own) for head, own in zip(cache, evictions)]
    return evictions


def pooled(window: QueryWindow, head: HeadCache, eviction: Eviction) -> Eviction:
    """Pools the scores before the newest slots, which the eviction spares."""
    last = max(eviction.last, min(window.spared, eviction.survivors - eviction.first))
    end = max(0, len(head) - last)
    if end and window.highest:
        head.scores[:end] = highest(head.scores[None, :end], window.reach)[0]
    elif end:
        around = F.pad(head.scores[:end], (window.reach, window.reach))
        head.scores[:end] = around.unfold(0, 2 * window.reach + 1, 1).mean(-1)
    return Eviction(eviction.survivors, eviction.first, last)


def draw(policy: Policy, layer: int, number: int, head: HeadCache, eviction: Eviction) -> None:
    """NACL: scores whose highest are the certain slots and a draw from the others (Gumbel noise)."""
    free = eviction.survivors - eviction.first - eviction.last
    certain = free - math.floor(free * policy.drawnShare)
    middle = head.scores[eviction.first:len(head) - eviction.last]
    least = middle.topk(certain).values[-1] if certain else torch.inf
    luck = np.maximum(uniform(policy.seed, layer, number, head.origins.cpu().numpy()), LEAST_STEP)
    wait = torch.from_numpy(np.maximum(-np.log(luck), LEAST_STEP)).to(head.scores)
    head.scores = torch.where(head.scores >= least, torch.finfo(torch.float32).max, head.scores - wait.log())


def drop(head: HeadCache, eviction: Eviction) -> None:
    head.keep(survivors(head.scores, eviction))


def survivors(scores: Tensor, eviction: Eviction) -> Tensor:
    """Slots with the highest scores, ascending; of equal scores the later. First and last are spared."""
    count = len(scores)
    middle = scores[eviction.first:count - eviction.last]
    wanted = eviction.survivors - eviction.first - eviction.last
    # a stable sort of the reversed scores puts the later of equal ones first
    order = middle.flip(0).sort(descending=True, stable=True).indices[:wanted]
    chosen = eviction.first + len(middle) - 1 - order
    device = scores.device
    spared = [torch.arange(eviction.first, device=device), torch.arange(count - eviction.last, count, device=device)]
    return torch.cat((spared[0], chosen, spared[1])).sort().values


# ── numbers that look random: src/random.ts

LEAST_STEP = 2.0 ** -24  # of uniform; zero has no logarithm


def pcg(value: np.ndarray) -> np.ndarray:
    state = value.astype(np.uint32) * np.uint32(747796405) + np.uint32(2891336453)
    word = ((state >> ((state >> np.uint32(28)) + np.uint32(4))) ^ state) * np.uint32(277803737)
    return (word >> np.uint32(22)) ^ word


def uniform(seed: int, layer: int, head: int, origins: np.ndarray) -> np.ndarray:
    """(T): in [0, 1), by seed, layer, KV head and origin."""
    with np.errstate(over="ignore"):
        hashed = pcg(np.full(len(origins), seed, np.uint32))
        for part in (np.uint32(layer), np.uint32(head), origins.astype(np.uint32)):
            hashed = pcg(hashed ^ part)
    return ((hashed >> np.uint32(8)) / 2 ** 24).astype(np.float32)
