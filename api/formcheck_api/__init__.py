"""The service: clips in over HTTP, measured in processes of their own, results out.

It adds nothing to what is measured: every job calls the library as the command line does.
"""
