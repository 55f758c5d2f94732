"""A chart with two logarithmic axes, as SVG."""

import html
import math

WIDTH, HEIGHT = 640, 400
LEFT, RIGHT, TOP, BOTTOM = 80, 30, 40, 60
COLOURS = ["#0b62a4", "#c2410c", "#3f7d20", "#7c3aed"]


def _text(x, y, words, anchor="middle", more=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {more}>{html.escape(words)}</text>'


def _decades(low, high):
    """1, 2 and 5 times the powers of ten that enclose the values."""
    steps = [base * 10.0**power for power in range(-6, 9) for base in (1, 2, 5)]
    first = max(step for step in steps if step <= low)
    last = min(step for step in steps if step >= high)
    return [step for step in steps if first <= step <= last]


def draw(title, across, upwards, ticks, series):
    """The picture of `series`, which maps names to lists of points; `ticks` maps positions across to their labels."""
    values = [value for points in series.values() for _, value in points]
    rows = _decades(min(values) * 0.95, max(values) * 1.05)
    spans = [(math.log(min(ticks)), math.log(max(ticks))), (math.log(rows[0]), math.log(rows[-1]))]

    def x(value):
        (low, high) = spans[0]
        return LEFT + (math.log(value) - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    def y(value):
        (low, high) = spans[1]
        return HEIGHT - BOTTOM - (math.log(value) - low) / (high - low) * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        'font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        _text(WIDTH / 2, 20, title, more='font-size="15"'),
        _text(WIDTH / 2, HEIGHT - 15, across),
        _text(0, 0, upwards, more=f'transform="translate(18 {HEIGHT / 2}) rotate(-90)"'),
    ]
    for row in rows:
        parts.append(f'<path d="M{LEFT} {y(row):.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        parts.append(_text(LEFT - 8, y(row) + 4, f"{row:g}", "end"))
    for position, label in ticks.items():
        parts.append(f'<path d="M{x(position):.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#eee"/>')
        parts.append(_text(x(position), HEIGHT - BOTTOM + 18, label))
    for number, ((name, points), colour) in enumerate(zip(series.items(), COLOURS, strict=False)):
        line = " ".join(f"{x(position):.1f},{y(value):.1f}" for position, value in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.extend(
            f'<circle cx="{x(position):.1f}" cy="{y(value):.1f}" r="3" fill="{colour}"/>' for position, value in points)
        parts.append(_text(WIDTH - RIGHT - 8, TOP + 16 + 16 * number, name, "end", f'fill="{colour}"'))
    return "\n".join([*parts, "</svg>"])
