"""Many clips at once: a folder or a manifest, over the cores of this machine or a Dask cluster."""

from formcheck.batch.batch import Done, Outcome, run_batch
from formcheck.batch.inputs import Entry, Inputs, Refused, find_inputs
from formcheck.batch.record import Record, load_record

__all__ = [
    "Done",
    "Entry",
    "Inputs",
    "Outcome",
    "Record",
    "Refused",
    "find_inputs",
    "load_record",
    "run_batch",
]
