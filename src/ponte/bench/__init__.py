"""Measurements: webhook, pipeline, screens and actions on many, against a bare loop or budget in the same run."""
