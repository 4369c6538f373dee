"""Schemes: sites, phases, gateways, mixes, cash flow, jobs, and homes handed over to lettings."""
