"""Write a model as a plain Hugging Face folder, weights in f16."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer

from model import Llama, Shape
from tokenizer import BOS, END, EOS, save_tokenizer


def config_of(shape: Shape) -> dict:
    """The config.json that transformers reads as a LlamaForCausalLM."""
    return {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama",
        "vocab_size": shape.vocab_size, "hidden_size": shape.hidden_size,
        "intermediate_size": shape.intermediate_size,
        "num_hidden_layers": shape.num_hidden_layers,
        "num_attention_heads": shape.num_attention_heads,
        "num_key_value_heads": shape.num_key_value_heads, "head_dim": shape.head_dim,
        "hidden_act": "silu", "rms_norm_eps": shape.rms_norm_eps,
        "rope_theta": shape.rope_theta, "rope_scaling": None,
        "max_position_embeddings": shape.max_position_embeddings,
        "attention_bias": False, "mlp_bias": False, "tie_word_embeddings": True,
        "bos_token_id": BOS, "eos_token_id": END, "pad_token_id": EOS,
        "initializer_range": 0.02, "use_cache": True, "torch_dtype": "float16"}


def export(model: Llama, tokenizer: Tokenizer, folder: Path) -> int:
    """Write the folder; the bytes of the weights file are returned."""
    folder.mkdir(parents=True, exist_ok=True)
    dump = lambda name, value: (folder / name).write_text(json.dumps(value, indent=2) + "\n")
    dump("config.json", config_of(model.shape))
    dump("generation_config.json", {"bos_token_id": BOS, "eos_token_id": [END, EOS],
                                    "pad_token_id": EOS, "do_sample": False})
    save_tokenizer(tokenizer, folder, model.shape.max_position_embeddings)
    weights = {name: w.detach().to(torch.float16).contiguous()
               for name, w in model.named_parameters()}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    return (folder / "model.safetensors").stat().st_size
