"""Whom we told about somebody hears that it was put right, restricted or erased (UK GDPR Article 19)."""
