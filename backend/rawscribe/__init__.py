"""The rawscribe backend: SOPs, drafts and submissions of one organization, behind API Gateway."""
