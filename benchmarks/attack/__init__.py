"""What `benchmarks.service` does to a service: load, hostile requests and files, kills."""
