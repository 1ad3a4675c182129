"""What answers over HTTP: routers, problems, who is asking, and the page."""
