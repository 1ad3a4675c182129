"""The addresses of the service, one resource a file."""
