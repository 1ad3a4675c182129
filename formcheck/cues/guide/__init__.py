"""What advice goes by, as data: the files, their shape, and the checks on them."""
