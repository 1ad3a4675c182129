"""From a clip to a plot: the knee's angle over the stride, with the toe-off."""

# %% Measure the clip
from itertools import pairwise

import numpy as np
import plotly.graph_objects as go

import formcheck

run = formcheck.analyze("clip.mp4", height_m=1.76, speed="10km/h")
print(run, run.metrics["knee_flexion_ic_deg"], sep="\n")

# %% Cut the near knee's angle at its landings; every stride becomes 0 to 100 per cent
side = run.report.view.near_side
frames, foot = run.frames(), getattr(run.events, side)
t_s, knee_deg = (frames[name].to_numpy() for name in ("t_s", f"knee_flexion_deg_{side}"))
share = np.linspace(0.0, 1.0, 101)
strides = list(pairwise(foot.initial_contact_s))
curves = np.array([np.interp(a + share * (b - a), t_s, knee_deg) for a, b in strides])
toe_off = [(t - a) / (b - a) for t in foot.toe_off_s for a, b in strides if a < t < b]

# %% Draw them
figure = go.Figure(layout={"xaxis_title": "% of stride", "yaxis_title": f"{side} knee, degrees"})
for curve in curves:
    figure.add_scatter(x=100 * share, y=curve, line={"color": "lightgrey"}, showlegend=False)
figure.add_scatter(x=100 * share, y=curves.mean(axis=0), name="mean")
figure.add_vline(x=0.0, annotation_text="initial contact")
figure.add_vline(x=100 * float(np.mean(toe_off)), annotation_text="toe-off")
figure.write_html("knee.html")
