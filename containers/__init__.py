"""The switchboard: which adapter goes into which port, for each runtime. (Nothing here is about Docker.)"""
