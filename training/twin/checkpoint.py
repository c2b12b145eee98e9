"""A Hugging Face folder as tensors: Llama, Qwen2, Qwen3 and Gemma 3 shaped models."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import safe_open
from torch import Tensor


@dataclass(frozen=True)
class Shape:
    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head_size: int
    vocabulary: int
    positions: int  # that the model was trained for
    epsilon: float
    attention_scale: float  # of the products of queries and keys
    embedding_scale: float
    gelu: bool  # in the feed-forward (tanh's approximation); else SiLU

    @property
    def group(self) -> int:
        """Query heads of a KV head."""
        return self.heads // self.kv_heads

    @property
    def qkv(self) -> int:
        """Values of a row [q; k; v]."""
        return (self.heads + 2 * self.kv_heads) * self.head_size


@dataclass(frozen=True)
class Sight:
    """How a layer tells places apart, and how far back it looks."""

    theta: float
    stretch: float  # positions are divided by it
    window: int | None  # slots that a token sees, itself among them; None for all

    def is_local(self, budget: int) -> bool:
        """Whether a head of this budget sees no others than its newest units, whatever a policy keeps."""
        return self.window is not None and self.window < budget


@dataclass(frozen=True)
class Layer:
    sight: Sight
    attention_norm: Tensor  # (hidden)
    qkv: Tensor  # (q · k · v, hidden)
    qkv_bias: Tensor | None  # (q · k · v)
    query_norm: Tensor | None  # (head size)
    key_norm: Tensor | None  # (head size)
    output: Tensor  # (hidden, q)
    output_bias: Tensor | None  # (hidden)
    attention_post_norm: Tensor | None  # (hidden)
    feed_forward_norm: Tensor  # (hidden)
    gate_up: Tensor  # (2 · feed-forward, hidden)
    down: Tensor  # (hidden, feed-forward)
    feed_forward_post_norm: Tensor | None  # (hidden)


@dataclass(frozen=True)
class Checkpoint:
    shape: Shape
    embeddings: Tensor  # (vocabulary, hidden)
    layers: list[Layer]
    final_norm: Tensor  # (hidden)
    output: Tensor  # (vocabulary, hidden)
    fingerprint: str  # as src/model/fingerprint.ts takes it


GEMMA = "gemma3_text"


def shape_of(config: dict) -> Shape:
    known = {"llama", "qwen2", "qwen3", GEMMA}
    if config["model_type"] not in known:
        raise ValueError(f"the twin knows {sorted(known)} and not {config['model_type']}")
    for cap in ("attn_logit_softcapping", "final_logit_softcapping"):
        if config.get(cap) is not None:
            raise ValueError(f"the twin knows no {cap}")
    is_gemma = config["model_type"] == GEMMA
    heads, hidden = config["num_attention_heads"], config["hidden_size"]
    head_size = config.get("head_dim") or hidden // heads
    return Shape(
        layers=config["num_hidden_layers"],
        hidden=hidden,
        heads=heads,
        kv_heads=config.get("num_key_value_heads", heads),
        head_size=head_size,
        vocabulary=config["vocab_size"],
        positions=config["max_position_embeddings"],
        epsilon=config["rms_norm_eps"],
        attention_scale=(config["query_pre_attn_scalar"] if is_gemma else head_size) ** -0.5,
        embedding_scale=hidden ** 0.5 if is_gemma else 1.0,
        gelu=is_gemma,
    )


def sights_of(config: dict) -> list[Sight]:
    """Of every layer."""
    count, is_gemma = config["num_hidden_layers"], config["model_type"] == GEMMA
    everywhere = sight_of(config, "full_attention", None)
    if not is_gemma:
        return count * [everywhere]
    local = sight_of(config, "sliding_attention", config["sliding_window"])
    period = config.get("sliding_window_pattern", 6)
    types = config.get("layer_types") or [
        "full_attention" if (i + 1) % period == 0 else "sliding_attention" for i in range(count)]
    return [local if type == "sliding_attention" else everywhere for type in types]


def sight_of(config: dict, type: str, window: int | None) -> Sight:
    rope = config.get("rope_parameters") or config.get("rope_scaling") or {}
    if type == "sliding_attention" and type not in rope:  # older files: scaling is of the global layers alone
        return Sight(config["rope_local_base_freq"], 1.0, window)
    rope = rope.get(type, rope)
    kind = rope.get("rope_type", "default")
    if kind not in ("default", "linear"):
        raise ValueError(f"the twin knows no rotation of type {kind}")
    return Sight(rope.get("rope_theta") or config["rope_theta"], rope.get("factor", 1.0), window)


def open_checkpoint(folder: str | Path, device: str = "cpu", dtype=torch.float32, products=None) -> Checkpoint:
    """products: the type of the matrices, and so of products with them; that of everything else if left out."""
    folder = Path(folder)
    config = json.loads((folder / "config.json").read_text())
    shape, sights = shape_of(config), sights_of(config)
    files = {}
    for path in sorted(folder.glob("*.safetensors")):
        if path.name == "heads.safetensors":
            continue
        opened = safe_open(path, "pt")
        files |= {name: opened for name in opened.keys()}
    if not files:
        raise FileNotFoundError(f"{folder} holds no model.safetensors; save the model there first")

    def tensor(name: str) -> Tensor | None:
        return files[name].get_tensor(name).to(device, dtype) if name in files else None

    def stacked(names: list[str]) -> Tensor | None:
        parts = [tensor(name) for name in names]
        return torch.cat(parts) if parts[0] is not None else None

    def matrix(*names: str) -> Tensor:
        return stacked([f"{name}.weight" for name in names]).to(products or dtype)

    is_gemma = config["model_type"] == GEMMA

    def norm(name: str) -> Tensor | None:
        """Gemma stores what is to be added to one."""
        found = tensor(f"{name}.weight")
        return found + 1 if is_gemma and found is not None else found

    layers = []
    for i, sight in enumerate(sights):
        at = f"model.layers.{i}"
        # what Llama calls post-attention, and comes before the feed-forward, comes after attention in Gemma
        after_attention = norm(f"{at}.post_attention_layernorm")
        qkv = [f"{at}.self_attn.{name}_proj" for name in "qkv"]
        layers.append(Layer(
            sight=sight,
            attention_norm=norm(f"{at}.input_layernorm"),
            qkv=matrix(*qkv),
            qkv_bias=stacked([f"{name}.bias" for name in qkv]),
            query_norm=norm(f"{at}.self_attn.q_norm"),
            key_norm=norm(f"{at}.self_attn.k_norm"),
            output=matrix(f"{at}.self_attn.o_proj"),
            output_bias=tensor(f"{at}.self_attn.o_proj.bias"),
            attention_post_norm=after_attention if is_gemma else None,
            feed_forward_norm=norm(f"{at}.pre_feedforward_layernorm") if is_gemma else after_attention,
            gate_up=matrix(*[f"{at}.mlp.{name}_proj" for name in ("gate", "up")]),
            down=matrix(f"{at}.mlp.down_proj"),
            feed_forward_post_norm=norm(f"{at}.post_feedforward_layernorm"),
        ))
    embeddings, final_norm = tensor("model.embed_tokens.weight"), norm("model.norm")
    output = tensor("lm_head.weight")
    return Checkpoint(shape, embeddings, layers, final_norm,
                      (embeddings if output is None else output).to(products or dtype),
                      fingerprint(shape, final_norm))


def fingerprint(shape: Shape, final_norm: Tensor) -> str:
    """The same text as src/model/fingerprint.ts hashes: the shape, then the norm's values as bf16, their bits as numbers.
    Of Gemma the values have one added, as here."""
    of = [shape.layers, shape.hidden, shape.heads, shape.kv_heads, shape.head_size]
    bits = final_norm.float().cpu().to(torch.bfloat16).view(torch.uint16).tolist()
    text = "×".join(map(str, of)) + "\n" + " ".join(map(str, bits))
    return f"final-norm-sha256:{hashlib.sha256(text.encode()).hexdigest()}"
