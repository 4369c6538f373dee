"""Manifests for Kubernetes, and what checks them."""
