"""Looking at pictures of a camera that is about to film."""
