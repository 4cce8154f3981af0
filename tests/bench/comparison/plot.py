"""Plots as SVG: panels side by side, each a line over the number of records, or over time."""

import math

PANEL, HEIGHT, MARGIN = 300, 260, 58
STYLE = ("text{font:12px sans-serif;fill:#333}.title{font-weight:bold}.axis{stroke:#999;fill:none}"
         ".line{stroke:#1f77b4;stroke-width:2;fill:none}.dot{fill:#1f77b4}"
         ".value{fill:#1f77b4}rect{fill:#fff}")


def number(value):
    if value >= 1e6:
        return f"{value / 1e6:.3g} M"
    if value >= 1e4:
        return f"{value / 1e3:.3g} k"
    if value >= 1e3:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def panel(left, title, points):
    """`points` are (x, y); y begins at 0."""
    low, high = math.log10(points[0][0]), math.log10(points[-1][0])
    top = max(y for _, y in points) * 1.15
    inner_width, inner_height = PANEL - 2 * MARGIN, HEIGHT - 2 * MARGIN

    def place(x, y):
        share = (math.log10(x) - low) / (high - low) if high > low else 0.5
        return left + MARGIN + share * inner_width, HEIGHT - MARGIN - y / top * inner_height

    x0, y0 = left + MARGIN, HEIGHT - MARGIN
    parts = [f'<text class="title" x="{left + PANEL / 2}" y="24" text-anchor="middle">{title}</text>',
             f'<path class="axis" d="M{x0} {MARGIN}V{y0}H{left + PANEL - MARGIN}"/>']
    places = [place(x, y) for x, y in points]
    parts.append('<polyline class="line" points="' +
                 " ".join(f"{x:.1f},{y:.1f}" for x, y in places) + '"/>')
    for (x, y), (px, py) in zip(points, places):
        parts += [f'<circle class="dot" cx="{px:.1f}" cy="{py:.1f}" r="3"/>',
                  f'<text class="value" x="{px:.1f}" y="{py - 8:.1f}" text-anchor="middle">'
                  f'{number(y)}</text>',
                  f'<text x="{px:.1f}" y="{y0 + 18}" text-anchor="middle">{number(x)}</text>']
    parts.append(f'<text x="{left + PANEL / 2}" y="{y0 + 40}" text-anchor="middle">records</text>')
    return "\n".join(parts)


def course(left, title, points):
    """`points` are (seconds, y); x and y begin at 0. The highest and the last have their values."""
    end, top = points[-1][0], max(y for _, y in points) * 1.15
    x0, y0 = left + MARGIN, HEIGHT - MARGIN

    def place(x, y):
        return (x0 + x / end * (PANEL - 2 * MARGIN), y0 - y / top * (HEIGHT - 2 * MARGIN))

    parts = [f'<text class="title" x="{left + PANEL / 2}" y="24" text-anchor="middle">{title}</text>',
             f'<path class="axis" d="M{x0} {MARGIN}V{y0}H{left + PANEL - MARGIN}"/>',
             '<polyline class="line" points="' +
             " ".join("{:.1f},{:.1f}".format(*place(*point)) for point in points) + '"/>']
    for x, y in {max(points, key=lambda point: point[1]), points[-1]}:
        px, py = place(x, y)
        parts.append(f'<text class="value" x="{px:.1f}" y="{py - 8:.1f}" text-anchor="middle">'
                     f'{number(y)}</text>')
    parts.append(f'<text x="{left + PANEL / 2}" y="{y0 + 40}" text-anchor="middle">'
                 f'{end / 60:.0f} minutes</text>')
    return "\n".join(parts)


def plot(panels, draw=panel):
    """`panels` are (title, points); the document."""
    width = PANEL * len(panels)
    body = "\n".join(draw(place * PANEL, *each) for place, each in enumerate(panels))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" '
            f'width="{width}" height="{HEIGHT}">\n<style>{STYLE}</style>\n'
            f'<rect width="{width}" height="{HEIGHT}"/>\n{body}\n</svg>\n')


def growth(result):
    rows = result["rows"]
    return plot([
        ("octets a record", [(row["records"], row["octets"] / row["records"]) for row in rows]),
        ("records imported a second", [(row["records"], row["rate"]) for row in rows]),
        ("CPU us/answer", [(row["records"], row["cpu"]) for row in rows]),
    ])
