"""Where functions run: their unpacked packages, their environment, their processes."""
