"""`gradebook.db`, both ways."""
