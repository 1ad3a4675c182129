"""Who works on many clips: processes of this machine with cores and limits, or a Dask cluster.

Batch and service hand out their work through these; what the work is, they say themselves. Nothing
is imported here, as a worker loads `child` before it is confined.
"""
