"""Many documents into one clean parallel corpus, on one machine or a cluster; every document is accounted for."""
