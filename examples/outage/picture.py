"""Draws a result: answers, latency, sources and breakers over time, the outages behind them."""

import io
import re

KINDS = {"complete": "#2b8a3e", "degraded": "#f08c00", "failed": "#c92a2a"}
SOURCES = {"live": "#0b7285", "cache": "#66d9e8", "stale": "#fcc419", "value": "#f08c00", "omit": "#adb5bd",
           "failed": "#c92a2a"}
BREAKERS = {"closed": "#8ce99a", "half_open": "#ffd43b", "open": "#e03131"}


def times(samples):
    return [sample["at"] for sample in samples]


def draw_outages(panels, outages):
    for row, axes in enumerate(panels):
        for outage in outages:
            axes.axvspan(outage["from"], outage["to"], color="#e9ecef", zorder=0)
            if row == 0:
                axes.text((outage["from"] + outage["to"]) / 2, 1.03, outage["what"].replace(", ", ",\n"), fontsize=8,
                          ha="center", va="bottom", transform=axes.get_xaxis_transform())


def draw_stack(axes, samples, key, colours, title):
    values = [[sample[key].get(name, 0) for sample in samples] for name in colours]
    axes.stackplot(times(samples), *values, labels=list(colours), colors=list(colours.values()), step="post")
    axes.set_title(title, loc="left", fontsize=10)
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, fontsize=8)
    axes.set_ylim(bottom=0)


def draw_latency(axes, samples):
    for name, colour in (("p50_ms", "#1864ab"), ("p99_ms", "#d9480f")):
        seen = [sample for sample in samples if sample[name] is not None]
        axes.step(times(seen), [sample[name] for sample in seen], where="post", color=colour, label=name[:3])
    axes.axhline(1000, color="#868e96", linestyle=":", label="deadline")
    axes.set_yscale("log")
    axes.set_title("ms from the moment a request was due to the end of its answer", loc="left", fontsize=10)
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, fontsize=8)


def spans_of(samples, name, wanted, step):
    """(begin, length) of each time in which the breaker was in that state."""
    spans = []
    for sample in samples:
        if sample["breakers"].get(name) != wanted:
            continue
        if spans and abs(sum(spans[-1]) - sample["at"]) < step / 2:
            spans[-1] = (spans[-1][0], spans[-1][1] + step)
        else:
            spans.append((sample["at"], step))
    return spans


def draw_breakers(axes, samples, names, step):
    for row, name in enumerate(names):
        for state, colour in BREAKERS.items():
            axes.broken_barh(spans_of(samples, name, state, step), (row - 0.4, 0.8), color=colour)
    axes.set_yticks(range(len(names)), names)
    axes.set_title("breakers", loc="left", fontsize=10)
    axes.set_xlabel("seconds")
    handles = [axes.barh(0, 0, color=colour) for colour in BREAKERS.values()]
    axes.legend(handles, [state.replace("_", " ") for state in BREAKERS], loc="center left", bbox_to_anchor=(1.0, 0.5),
                frameon=False, fontsize=8)


def draw(result, path):
    """False: there is no matplotlib."""
    try:
        import matplotlib
    except ImportError:
        return False
    matplotlib.use("svg")
    # Texts stay texts, and the same result gives the same bytes.
    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "braid", "font.size": 9})
    from matplotlib import pyplot

    samples = result["samples"]
    figure, panels = pyplot.subplots(4, figsize=(10, 9), sharex=True,
                                     gridspec_kw={"height_ratios": [3, 3, 3, 1.4]})
    draw_stack(panels[0], samples, "answers_per_second", KINDS, "")
    panels[0].set_ylabel("answers/s")
    draw_latency(panels[1], samples)
    draw_stack(panels[2], samples, "sources_per_second", SOURCES, "where the values of calls came from, per second")
    draw_breakers(panels[3], samples, result["services"], result["step"])
    draw_outages(panels, result["outages"])
    panels[3].set_xlim(0, result["seconds"])
    figure.tight_layout()
    drawn = io.StringIO()
    figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None})
    with open(path, "w", encoding="utf-8") as file:
        file.write(re.sub(r"(\d\.\d)\d+", r"\1", drawn.getvalue()))  # a tenth of a point is enough
    return True
