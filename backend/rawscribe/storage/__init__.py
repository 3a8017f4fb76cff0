"""S3, as narrow as this app needs it."""
