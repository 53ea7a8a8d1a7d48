"""Who may do what: accounts in a file of the data folder, sessions of the console, tokens for machines, and a record of all of it."""
