"""Which adapter fills which port, for each runtime. (Nothing here is about Docker.)"""
