"""A Hugging Face folder as tensors: Llama, Qwen2 and Qwen3 shaped models."""

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
    theta: float

    @property
    def group(self) -> int:
        """Query heads of a KV head."""
        return self.heads // self.kv_heads

    @property
    def qkv(self) -> int:
        """Values of a row [q; k; v]."""
        return (self.heads + 2 * self.kv_heads) * self.head_size


@dataclass(frozen=True)
class Layer:
    attention_norm: Tensor  # (hidden)
    qkv: Tensor  # (q · k · v, hidden)
    qkv_bias: Tensor | None  # (q · k · v)
    query_norm: Tensor | None  # (head size)
    key_norm: Tensor | None  # (head size)
    output: Tensor  # (hidden, q)
    feed_forward_norm: Tensor  # (hidden)
    gate_up: Tensor  # (2 · feed-forward, hidden)
    down: Tensor  # (hidden, feed-forward)


@dataclass(frozen=True)
class Checkpoint:
    shape: Shape
    embeddings: Tensor  # (vocabulary, hidden)
    layers: list[Layer]
    final_norm: Tensor  # (hidden)
    output: Tensor  # (vocabulary, hidden)
    fingerprint: str  # as src/model/fingerprint.ts takes it


def shape_of(config: dict) -> Shape:
    known = {"llama", "qwen2", "qwen3"}
    if config["model_type"] not in known:
        raise ValueError(f"the twin knows {sorted(known)} and not {config['model_type']}")
    rope = config.get("rope_parameters") or config.get("rope_scaling") or {}
    if rope.get("rope_type", "default") != "default":
        raise ValueError(f"the twin knows no rotation of type {rope['rope_type']}")
    heads = config["num_attention_heads"]
    return Shape(
        layers=config["num_hidden_layers"],
        hidden=config["hidden_size"],
        heads=heads,
        kv_heads=config.get("num_key_value_heads", heads),
        head_size=config.get("head_dim") or config["hidden_size"] // heads,
        vocabulary=config["vocab_size"],
        positions=config["max_position_embeddings"],
        epsilon=config["rms_norm_eps"],
        theta=rope.get("rope_theta") or config["rope_theta"],
    )


def open_checkpoint(folder: str | Path, device: str = "cpu", dtype=torch.float32) -> Checkpoint:
    folder = Path(folder)
    shape = shape_of(json.loads((folder / "config.json").read_text()))
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

    layers = []
    for i in range(shape.layers):
        at = f"model.layers.{i}"
        qkv = [f"{at}.self_attn.{name}_proj" for name in "qkv"]
        layers.append(Layer(
            attention_norm=tensor(f"{at}.input_layernorm.weight"),
            qkv=stacked([f"{name}.weight" for name in qkv]),
            qkv_bias=stacked([f"{name}.bias" for name in qkv]),
            query_norm=tensor(f"{at}.self_attn.q_norm.weight"),
            key_norm=tensor(f"{at}.self_attn.k_norm.weight"),
            output=tensor(f"{at}.self_attn.o_proj.weight"),
            feed_forward_norm=tensor(f"{at}.post_attention_layernorm.weight"),
            gate_up=stacked([f"{at}.mlp.{name}_proj.weight" for name in ("gate", "up")]),
            down=tensor(f"{at}.mlp.down_proj.weight"),
        ))
    embeddings, final_norm = tensor("model.embed_tokens.weight"), tensor("model.norm.weight")
    output = tensor("lm_head.weight")
    return Checkpoint(shape, embeddings, layers, final_norm,
                      embeddings if output is None else output,
                      fingerprint(shape, final_norm))


def fingerprint(shape: Shape, final_norm: Tensor) -> str:
    """The same text as src/model/fingerprint.ts hashes: the shape, then the norm's values as bf16, their bits as numbers."""
    of = [shape.layers, shape.hidden, shape.heads, shape.kv_heads, shape.head_size]
    bits = final_norm.float().cpu().to(torch.bfloat16).view(torch.uint16).tolist()
    text = "×".join(map(str, of)) + "\n" + " ".join(map(str, bits))
    return f"final-norm-sha256:{hashlib.sha256(text.encode()).hexdigest()}"
