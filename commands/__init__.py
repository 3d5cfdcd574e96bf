"""The commands, a file a group; each imports what it needs when it is called, so that every start is light."""
