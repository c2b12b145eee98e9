"""Draw the losses of a run as an SVG, from its log.

    python curves.py RUN/log.jsonl curves.svg
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 720, 360, 48, 36, 14
LINES = {"value": "#c0392b", "lead": "#2980b9", "copy": "#27ae60", "prose": "#7f8c8d"}


def main() -> None:
    points = [json.loads(line) for line in Path(sys.argv[1]).read_text().splitlines()]
    most = max(p["tokens"] for p in points)
    high = 8.0
    x = lambda tokens: LEFT + (WIDTH - LEFT - 70) * tokens / most
    y = lambda loss: TOP + (HEIGHT - TOP - BOTTOM) * (1 - min(loss, high) / high)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
           'font-family="sans-serif" font-size="11">',
           f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>']
    for loss in range(0, int(high) + 1):
        out.append(f'<path d="M{LEFT} {y(loss):.1f}H{x(most):.1f}" stroke="#ddd"/>'
                   f'<text x="{LEFT - 8}" y="{y(loss) + 4:.1f}" text-anchor="end">{loss}</text>')
    for million in range(0, int(most / 1e6) + 1):
        out.append(f'<text x="{x(million * 1e6):.1f}" y="{HEIGHT - 18}" '
                   f'text-anchor="middle">{million}</text>')
    out.append(f'<text x="{x(most / 2):.1f}" y="{HEIGHT - 4}" text-anchor="middle">'
               'million tokens</text>')
    met: set[int] = set()
    for point in points:  # where rows of a length first come
        if point["length"] not in met:
            met.add(point["length"])
            at = x(point["tokens"])
            out.append(f'<path d="M{at:.1f} {TOP}V{y(0):.1f}" stroke="#bbb" stroke-dasharray="3"/>'
                       f'<text x="{at + 3:.1f}" y="{TOP + 9}" fill="#888">{point["length"]}</text>')
    for name, colour in LINES.items():
        drawn = [(x(p["tokens"]), y(p[name])) for p in points if p[name] > 0]
        path = "L".join(f"{a:.1f} {b:.1f}" for a, b in drawn)
        out.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
                   f'<text x="{drawn[-1][0] + 5:.1f}" y="{drawn[-1][1] + 4:.1f}" '
                   f'fill="{colour}">{name}</text>')
    Path(sys.argv[2]).write_text("\n".join(out) + "\n</svg>\n")


if __name__ == "__main__":
    main()
