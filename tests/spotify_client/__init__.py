"""Our own client of the Web API, against the simulated one."""
