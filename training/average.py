"""Average the weights of several exports of one run.

    python average.py FOLDER OUT weights1.safetensors weights2.safetensors ...

The mean of points along a run at a high learning rate lies lower than the
points themselves: it stands in for cooling the rate, at no cost. FOLDER gives
the other files of the exported folder OUT.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file


def main() -> None:
    folder, out, *files = map(Path, sys.argv[1:])
    shutil.copytree(folder, out, dirs_exist_ok=True)
    runs = [load_file(f) for f in files]
    mean = {name: torch.stack([r[name].float() for r in runs]).mean(0).half() for name in runs[0]}
    save_file(mean, out / "model.safetensors", metadata={"format": "pt"})


if __name__ == "__main__":
    main()
