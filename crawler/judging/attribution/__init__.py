"""Who says it, and whether that is an office or somebody who pretends to be one."""
