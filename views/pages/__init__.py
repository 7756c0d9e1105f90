"""What people see: the pages in NHS.UK style. Each works without JavaScript."""
