"""ClickHouse: schema, migrations, writer and readers; embedded (chDB) and over HTTP by the same code, one setting apart."""
