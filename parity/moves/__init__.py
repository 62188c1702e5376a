"""Whether a new unit may get the requests of callers: both units are asked, behind one load balancer."""
