"""Draw what a training kept of itself as an SVG: the losses of a run from its log, or, from the metadata of trained
retaining heads or of a compressor, the loss of every step and what was found on held-out documents, layer by layer.

    python curves.py RUN/log.jsonl curves.svg
    python curves.py ../public/models/default/heads.safetensors ../docs/research/heads.svg

Needs Python alone.
"""

from __future__ import annotations

import json
import math
import struct
import sys
from collections.abc import Callable
from pathlib import Path

WIDTH, HEIGHT, LEFT, RIGHT, BOTTOM, TOP = 720, 360, 48, 70, 36, 14
LINES = {"value": "#c0392b", "lead": "#2980b9", "copy": "#27ae60", "prose": "#7f8c8d"}

Scale = Callable[[float], float]


def main() -> None:
    source, target = map(Path, sys.argv[1:3])
    drawn = of_log(source) if source.suffix == ".jsonl" else of_trained(source)
    target.write_text("\n".join(drawn) + "\n</svg>\n")


def of_log(file: Path) -> list[str]:
    points = [json.loads(line) for line in file.read_text().splitlines()]
    most = max(p["tokens"] for p in points)
    high = 8.0
    x, y = scales(most, high, 0)
    out = canvas(HEIGHT) + grid(y, list(range(int(high) + 1)), x(most))
    for million in range(int(most / 1e6) + 1):
        out.append(text(x(million * 1e6), HEIGHT - 18, str(million), "middle"))
    out.append(text(x(most / 2), HEIGHT - 4, "million tokens", "middle"))
    met: set[int] = set()
    for point in points:  # where rows of a length first come
        if point["length"] not in met:
            met.add(point["length"])
            at = x(point["tokens"])
            out.append(f'<path d="M{at:.1f} {TOP}V{y(0):.1f}" stroke="#bbb" stroke-dasharray="3"/>'
                       f'<text x="{at + 3:.1f}" y="{TOP + 9}" fill="#888">{point["length"]}</text>')
    for name, colour in LINES.items():
        drawn = [(x(p["tokens"]), y(min(p[name], high))) for p in points if p[name] > 0]
        out.append(line(drawn, colour, 1.5))
        out.append(text(drawn[-1][0] + 5, drawn[-1][1] + 4, name, "start", colour))
    return out


def of_trained(file: Path) -> list[str]:
    """Two charts, one above the other, over the same steps."""
    metadata = metadata_of(file)
    if "history" not in metadata:
        sys.exit(f"{file} keeps no history: it was not written by train-heads or train-compressor")
    history, settings = json.loads(metadata["history"]), json.loads(metadata["settings"])
    losses = [sum(parts.values()) for parts in history["losses"]]
    # files from before 25 November 2026 say "overlap"
    looks = [(look["step"], look.get("byLayer") or look["overlap"]) for look in history["looks"]]
    heads = "label" in settings
    policy = settings.get("policy")
    if isinstance(policy, dict):  # files from before 28 November 2026 have the name alone
        policy = policy["name"]
    what = f"retaining heads, label {settings['label']}, d_R {settings['hidden']}" if heads else (
        f"compressor, {policy}, budget {settings['budget']}")
    found = ("overlap of the top 10 % on held-out documents, percent" if heads else
             "share of attention's output that is lost on held-out documents, percent")
    out = canvas(2 * HEIGHT)
    out += loss_chart(losses, f"loss of each step ({what}), and its running mean", 0)
    if looks:
        out += looks_chart(looks, len(losses), found, 10 if heads else None, HEIGHT)
    return out


def loss_chart(losses: list[float], title: str, down: float) -> list[str]:
    smooth = running_mean(losses)
    # a few of the first steps may lie far above the rest
    high = max(max(smooth), sorted(losses)[int(0.98 * (len(losses) - 1))])
    marks = ticks(high)
    x, y = scales(len(losses), marks[-1], down)
    each = [(x(step), y(min(loss, marks[-1]))) for step, loss in enumerate(losses, 1)]
    means = [(x(step), y(loss)) for step, loss in enumerate(smooth, 1)]
    return [*frame(x, y, marks, len(losses), title, down),
            line(each, "#2980b9", 0.7, ' opacity="0.4"'),
            line(means, "#2980b9", 2),
            text(means[-1][0] + 5, means[-1][1] + 4, f"{smooth[-1]:.3g}", "start", "#2980b9")]


def looks_chart(looks: list[tuple[int, list[float]]], steps: int, title: str,
                chance: float | None, down: float) -> list[str]:
    """@param looks steps taken before, and a share 0…1 for every layer"""
    layers = len(looks[0][1])
    marks = ticks(100 * max(max(shares) for _, shares in looks))
    x, y = scales(steps, marks[-1], down)
    out = frame(x, y, marks, steps, title, down)
    if chance is not None:
        out.append(line([(x(0), y(chance)), (x(steps), y(chance))], "#888", 1,
                        ' stroke-dasharray="3"'))
        out.append(text(x(steps) - 4, y(chance) + 13, "chance", "end", "#888"))
    curves = [[(x(step), y(100 * shares[layer])) for step, shares in looks]
              for layer in range(layers)]
    apart = min(12.0, (y(0) - y(marks[-1])) / layers)
    places = spread([curve[-1][1] for curve in curves], apart)
    for layer, (curve, place) in enumerate(zip(curves, places)):
        colour = f"hsl({280 * layer / max(1, layers - 1):.0f} 60% 42%)"
        out.append(line(curve, colour, 1.5))
        out += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="2" fill="{colour}"/>' for a, b in curve]
        out.append(text(curve[-1][0] + 7, place + 4, f"layer {layer}", "start", colour))
    return out


def metadata_of(file: Path) -> dict[str, str]:
    """A safetensors file: the header's length in 8 bytes, then the header as JSON."""
    with file.open("rb") as opened:
        (length,) = struct.unpack("<Q", opened.read(8))
        return json.loads(opened.read(length)).get("__metadata__", {})


def running_mean(losses: list[float]) -> list[float]:
    """A loss counts half after a fortieth of all steps, as on the page; the first are not pulled towards 0."""
    keep = 0.5 ** (1 / max(3, len(losses) / 40))
    mean = weight = 0.0
    out = []
    for loss in losses:
        mean = keep * mean + (1 - keep) * loss
        weight = keep * weight + (1 - keep)
        out.append(mean / weight)
    return out


def spread(heights: list[float], apart: float) -> list[float]:
    """Heights of labels, moved upwards until they lie `apart`."""
    places = list(heights)
    above = math.inf
    for i in sorted(range(len(heights)), key=lambda i: -heights[i]):
        places[i] = above = min(heights[i], above - apart)
    return places


def ticks(high: float) -> list[float]:
    """From 0 in round steps to the first that reaches `high`: five to ten of them."""
    power = 10 ** math.floor(math.log10(high / 5))
    step = power * next(factor for factor in (1, 2, 5, 10) if high / (power * factor) <= 9)
    return [step * i for i in range(math.ceil(high / step) + 1)]


def scales(most: float, high: float, down: float) -> tuple[Scale, Scale]:
    """From 0…most and 0…high to places in a chart that begins `down` from the top."""
    def x(value: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * value / most

    def y(value: float) -> float:
        return down + TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / high)

    return x, y


def canvas(height: int) -> list[str]:
    return [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            'font-family="sans-serif" font-size="11">',
            f'<rect width="{WIDTH}" height="{height}" fill="white"/>']


def frame(x: Scale, y: Scale, marks: list[float], steps: int, title: str, down: float) -> list[str]:
    """Lines at the marks, steps along the bottom, and what is drawn."""
    out = grid(y, marks, x(steps))
    for step in ticks(steps):
        if step <= steps:
            out.append(text(x(step), down + HEIGHT - 18, f"{step:g}", "middle"))
    out.append(text(x(steps / 2), down + HEIGHT - 4, "steps", "middle"))
    out.append(text(x(0), down + TOP - 3, title, "start"))
    return out


def grid(y: Scale, marks: list[float], right: float) -> list[str]:
    return [f'<path d="M{LEFT} {y(mark):.1f}H{right:.1f}" stroke="#ddd"/>'
            + text(LEFT - 8, y(mark) + 4, f"{mark:g}", "end") for mark in marks]


def line(points: list[tuple[float, float]], colour: str, width: float, more: str = "") -> str:
    path = "L".join(f"{a:.1f} {b:.1f}" for a, b in points)
    return f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="{width}"{more}/>'


def text(x: float, y: float, words: str, anchor: str, colour: str = "black") -> str:
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">'
            f"{words.replace('&', '&amp;').replace('<', '&lt;')}</text>")


if __name__ == "__main__":
    main()
