"""What people read: each page and table a pure function of a result."""
