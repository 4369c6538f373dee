"""Discharges from hospital: home ready, heating, food, key, falls check, and a call within 72 hours."""
