"""How the processes run: settings, worker, jobs, timers, telemetry, supervisor."""
