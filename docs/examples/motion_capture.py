"""From joint centres of motion capture to the metrics of a clip."""

# %% Read a C3D file: millimetres, X forward, Z up
import ezc3d
import numpy as np

import formcheck

trial = ezc3d.c3d("trial.c3d")
names = trial["parameters"]["POINT"]["LABELS"]["value"]
x_mm, _, z_mm = trial["data"]["points"][:3]
gone = trial["data"]["meta_points"]["residuals"][0] < 0
t_s = np.arange(x_mm.shape[1]) / trial["parameters"]["POINT"]["RATE"]["value"][0]

# %% Look at them from the runner's right, half a pixel a millimetre; image y points down
picture = np.where(gone, np.nan, np.stack([x_mm, -z_mm])) / 2
points = {name: picture[:, k].T for k, name in enumerate(names)}
track = formcheck.pose_track(points, t_s, convention="motion_capture")

# %% Measure them as a clip is measured
runner = formcheck.Runner(height_m=1.75, belt_speed_mps=2.8)
run = formcheck.measure(track, runner, view="side", name="trial.c3d")
print(run, *run.metrics.values(), sep="\n")
