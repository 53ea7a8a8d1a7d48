"""Appeals out of other systems: exports in files, HTTP endpoints, signed webhooks; mapping files tell what each column means."""
