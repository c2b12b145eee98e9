"""Retaining heads for a real model; see heads/train.py."""

from heads.train import main

main()
