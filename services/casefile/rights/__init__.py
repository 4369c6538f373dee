"""What people may ask of those who hold their data: access, rectification, restriction, objection, erasure."""
