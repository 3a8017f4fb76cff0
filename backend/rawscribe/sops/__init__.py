"""Standard operating procedures: YAML and JSON files under ``sops/`` in the forms bucket."""
