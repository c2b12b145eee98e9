"""Reading as the engine reads (src/reading/prefill.ts, decode.ts): chunk by chunk into a fixed buffer,
then questions, each behind the same document."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from .cache import Cache, HeadCache, empty_cache
from .merging import merge_sets
from .model import Model
from .policies import Eviction, Settings, asking, drop, observe, power, reconsider, score

# gets a layer and its rows as q, k, v (heads, T, size) before rotation
Watch = Callable[[int, Tensor, Tensor, Tensor], None]


class Reader:
    def __init__(self, model: Model, settings: Settings, budgets: list[list[int]], heads=None):
        """budgets [layer][KV head]: units that stay after an eviction. heads(layer, rows): retaining heads."""
        self.model, self.settings, self.budgets, self.heads = model, settings, budgets, heads

    @torch.no_grad()
    def read(self, ids: list[int], watch: Watch | None = None) -> Cache:
        cache = empty_cache(self.model.shape, self.model.device, self.model.dtype)
        next_logits: Tensor | None = None  # (vocabulary): logits of the last token read
        for begin in range(0, len(ids), self.settings.chunk):
            chunk = ids[begin:begin + self.settings.chunk]
            x = self.forward(cache, chunk, scored=True, watch=watch)
            if self.settings.policy.name == "sirllm":
                next_logits = self.surprise(cache, chunk, x, next_logits)
            is_last = begin + len(chunk) == len(ids)
            self.evict(cache, 0 if is_last else self.settings.policy.stabilizers)
        return cache

    def forward(self, cache: Cache, ids: list[int], scored: bool, watch: Watch | None = None) -> Tensor:
        """Appends the tokens; their residual stream (T, hidden)."""
        model, settings = self.model, self.settings
        count, first = len(ids), cache.seen
        origins = torch.arange(first, first + count, device=model.device)
        x = model.embed(ids)
        for index, layer in enumerate(model.weights.layers):
            rows = model.project(layer, x)
            queries, keys, values = model.split(rows)
            if watch is not None:
                watch(index, queries, keys, values)
            held = cache.heads[index]
            for head, k, v in zip(held, keys, values):
                head.append(self.stored(k), self.stored(v), origins)
            if scored:
                score(settings, self.heads, index, rows, held)
            asks = asking(settings, count) if scored else 0
            mixed = []
            for number, head in enumerate(held):
                group = queries[number * model.shape.group:(number + 1) * model.shape.group]
                positions = self.positions(head)
                q = model.rotate(group, positions[-count:], layer.sight)
                k = model.rotate(head.keys[None], positions, layer.sight)[0]
                scale, window = model.shape.attention_scale, layer.sight.window
                mixed.append(attend(q, k, head.values, scale, window))
                if asks:
                    sums = column_sums(q[:, -asks:], k, scale, window, power(settings.policy.name))
                    observe(settings, head, sums, count, first)
            x = model.feed_forward(layer, model.attended(layer, x, torch.cat(mixed)))
        cache.seen += count
        return x

    def stored(self, rows: Tensor) -> Tensor:
        return rows.half().to(rows.dtype) if self.settings.half else rows

    def positions(self, head: HeadCache) -> Tensor:
        """(slot): where a key stands, which is its slot, or its place in the document."""
        if self.settings.positions == "original":
            return head.origins
        return torch.arange(len(head), device=self.model.device)

    def evict(self, cache: Cache, stabilizers: int) -> None:
        settings = self.settings
        if settings.policy.name == "full":
            return
        for index, (weights, layer, budgets) in enumerate(zip(self.model.weights.layers, cache.heads, self.budgets)):
            if all(len(head) <= budget + settings.burst for head, budget in zip(layer, budgets)):
                continue
            evictions = []
            for budget in budgets:
                if weights.sight.is_local(budget):
                    evictions.append(Eviction(budget, 0, budget))
                    continue
                last = min(stabilizers, budget)
                evictions.append(Eviction(budget, min(settings.policy.sinks, budget - last), last))
            turned = []
            if settings.policy.name == "keydiff":
                turned = [
                    self.model.rotate(h.keys[None], self.positions(h), weights.sight)[0].float() for h in layer]
            evictions = reconsider(settings, index, layer, turned, evictions)
            for head, eviction in zip(layer, evictions):
                if len(head) > eviction.survivors + settings.burst:
                    if settings.policy.name == "kvmerger":
                        merge_sets(head, eviction, self.stored)
                    else:
                        drop(head, eviction)

    def surprise(self, cache: Cache, ids: list[int], x: Tensor, next_logits: Tensor | None) -> Tensor:
        """SirLLM: the newest slots of every head get their token's −log probability."""
        logits = self.model.logits(x)
        before = torch.cat((torch.zeros_like(logits[:1]) if next_logits is None else next_logits[None], logits[:-1]))
        found = F.cross_entropy(before, torch.as_tensor(ids, device=before.device), reduction="none")
        if next_logits is None:
            found[0] = torch.inf  # there are no logits for the first token
        for layer in cache.heads:
            for head in layer:
                head.scores[-len(ids):] = found
        return logits[-1]

    @torch.no_grad()
    def answer(self, document: Cache, tail: list[int], most: int, ends: set[int]) -> list[int]:
        """Greedy ids behind the document and the question, without the token that ends them."""
        cache, found = document.copy(), []
        logits = self.model.logits(self.forward(cache, tail, scored=False)[-1:])[0]
        while len(found) < most:
            token = int(logits.argmax())
            if token in ends:
                break
            found.append(token)
            if len(found) < most:
                logits = self.model.logits(self.forward(cache, [token], scored=False))[0]
        return found

    @torch.no_grad()
    def predict(self, document: Cache, text: list[int]) -> Tensor:
        """Logits of every token of the text, teacher forced: (T, vocabulary)."""
        return self.model.logits(self.forward(document.copy(), text, scored=False))


def attend(q: Tensor, k: Tensor, v: Tensor, scale: float, window: int | None) -> Tensor:
    """q (query heads, T, size) of the newest slots, k and v (slot, size): causal by slot."""
    k, v = (t[None, None].expand(1, len(q), -1, -1) for t in (k, v))
    sees_all = q.shape[1] == 1 and window is None
    seen = None if sees_all else seen_by_newest(q.shape[1], k, window)
    return F.scaled_dot_product_attention(q[None], k, v, attn_mask=seen, scale=scale)[0]


def seen_by_newest(count: int, k: Tensor, window: int | None) -> Tensor:
    """(query, slot): whether the queries of the newest slots see a slot of k (…, slot, size)."""
    slots = k.shape[-2]
    before = slots - count  # slots before the first query's own
    seen = torch.ones(count, slots, dtype=torch.bool, device=k.device).tril(before)
    return seen if window is None else seen.triu(before + 1 - window)


def column_sums(q: Tensor, k: Tensor, scale: float, window: int | None, power: int) -> Tensor:
    """Shares of attention that the newest queries gave to every slot, or their squares, over these queries
    and the query heads: (slot)."""
    scores = (q @ k.T).float() * scale
    shares = scores.masked_fill(~seen_by_newest(q.shape[1], k, window), -torch.inf).softmax(-1)
    return shares.pow(power).sum((0, 1))
