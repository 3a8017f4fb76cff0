"""Drafts and submissions: JSON records in S3 that belong to the user who made them."""
