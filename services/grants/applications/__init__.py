"""What groups apply for: eligibility explained, due diligence, interests, two assessors, moderation."""
