"""Where processes begin: the only modules that read the environment or change the process."""
