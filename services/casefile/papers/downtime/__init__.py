"""The pack for when all else is down: made each morning, locked, opened by any PDF reader; typed back in afterwards."""
