"""How the ports are kept with real technology: configuration sources and data stores."""
