"""What the user says: fenghuo.toml, the environment and the source files, as typed objects."""
