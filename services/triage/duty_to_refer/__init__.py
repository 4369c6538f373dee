"""People whom a listed body refers with their agreement (Housing Act 1996 s213B)."""
