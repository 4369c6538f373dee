"""Words to a partner's mailbox: sealed for the gateway, which alone sends, with a one-time link where one is wanted."""
