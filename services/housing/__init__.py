"""From keeping a home to letting one."""
