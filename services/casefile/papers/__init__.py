"""Papers: letters, the plan and the case bundle as tagged PDF, and the pack for when all else is down."""
