"""Configuration: environment > config.json in S3 > bundled config.json > defaults."""
