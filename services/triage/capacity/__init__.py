"""Capacity questions: could you help somebody, about whom we say nothing?"""
