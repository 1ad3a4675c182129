"""Run an ONNX network on batches of crops."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import cache
from typing import Literal

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as state

from formcheck.errors import ModelError
from formcheck.machine import usable_threads
from formcheck.pose.decode import Outputs
from formcheck.pose.models import Card, InputSpec

logger = logging.getLogger(__name__)

Device = Literal["auto", "cpu", "cuda"]
Crops = NDArray[np.uint8]

_CUDA = "CUDAExecutionProvider"
_CPU = "CPUExecutionProvider"
_GPU_BATCH = 16
_LOAD_ERRORS = (
    state.Fail,
    state.InvalidArgument,
    state.InvalidGraph,
    state.InvalidProtobuf,
    state.NotImplemented,
    state.RuntimeException,
)


class Network:
    """A network that is loaded and ready; may be called from several threads at once.

    Parameters
    ----------
    card : Card
        From `find_model`, so the weights' hash is checked.
    device : {"auto", "cpu", "cuda"}
        ``auto`` takes a GPU when ONNX Runtime's GPU package is installed and works.

    Attributes
    ----------
    provider : str
        ONNX Runtime's name of what really runs the network.
    workers : int
        Threads that should call this network at the same time: each call uses one core, which
        serves more crops a second than one call on all cores. One on a GPU.
    batch : int
        Crops a call. One on a processor, where more of them leave its caches and are slower.

    Raises
    ------
    ModelError
        When the weights cannot be loaded, or a GPU was asked for and does not work.
    """

    def __init__(self, card: Card, device: Device = "auto") -> None:
        self.card = card
        self._session = _session(card, device)
        self.provider: str = self._session.get_providers()[0]
        on_gpu = self.provider == _CUDA
        self.workers = 1 if on_gpu else usable_threads()
        self.batch = _GPU_BATCH if on_gpu else 1

    def __call__(self, crops: Sequence[Crops]) -> Outputs:
        """Return the outputs by name for crops of (S, S, 3) uint8 RGB."""
        batch = prepared(crops, self.card.input)
        names = list(self.card.outputs.values())
        values = self._session.run(names, {self.card.input.name: batch})
        return dict(zip(names, values, strict=True))


def prepared(crops: Sequence[Crops], spec: InputSpec) -> NDArray[np.float32]:
    """Return the batch a network takes, as its card says.

    Parameters
    ----------
    crops : sequence of (S, S, 3) uint8
        Square RGB crops whose side is the longer one of the network's input; a narrower input
        takes their middle.
    """
    batch = np.stack(crops)
    left = (batch.shape[2] - spec.width_px) // 2
    top = (batch.shape[1] - spec.height_px) // 2
    batch = batch[:, top : top + spec.height_px, left : left + spec.width_px]
    gain, shift = _linear(spec)
    # Cast first: numpy takes thrice the time to multiply bytes by floats.
    rows = batch.astype(np.float32).reshape(len(batch), spec.height_px, -1)
    rows *= gain
    if shift.any():
        rows += shift
    values = rows.reshape(batch.shape)
    return np.ascontiguousarray(values.transpose(0, 3, 1, 2)) if spec.channels_first else values


@cache
def _linear(spec: InputSpec) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return factor and summand of ``(value - mean) / scale`` for each value of a row of pixels.

    One long row, as numpy is slow where the innermost axis has three elements.
    """
    scale = np.array(spec.scale)
    channels = (1 / scale, -np.array(spec.mean) / scale)
    gain, shift = (np.tile(each.astype(np.float32), spec.width_px) for each in channels)
    return gain, shift


def _session(card: Card, device: Device) -> ort.InferenceSession:
    wanted = _provider(device)
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # what matters is raised or checked below
    try:
        session = ort.InferenceSession(card.weights, options, providers=[wanted])
    except _LOAD_ERRORS as error:
        raise ModelError(
            f"ONNX Runtime cannot load {card.weights}: {error}; install formcheck again.",
            "unloadable",
        ) from error
    active = session.get_providers()[0]
    if active != wanted:
        if device == "cuda":
            raise ModelError(
                f"A GPU was asked for, but ONNX Runtime runs on {active}; check the CUDA and cuDNN "
                "libraries, or choose the processor.",
                "no_gpu",
            )
        logger.warning("%s does not start here; the network runs on %s", wanted, active)
    return session


def _provider(device: Device) -> str:
    available = ort.get_available_providers()
    if device == "cuda" and _CUDA not in available:
        raise ModelError(
            "A GPU was asked for, but this ONNX Runtime knows none; install onnxruntime-gpu, or "
            "choose the processor.",
            "no_gpu",
        )
    return _CUDA if _CUDA in available and device != "cpu" else _CPU
