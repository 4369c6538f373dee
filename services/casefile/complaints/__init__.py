"""Complaints, compliments and councillors' enquiries."""
