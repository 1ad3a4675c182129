"""What comes in: streamed uploads, forms, a look at the clip, and the job made of them."""
