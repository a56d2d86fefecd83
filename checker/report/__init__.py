"""The report: one JSON document (model) and its renderers."""
