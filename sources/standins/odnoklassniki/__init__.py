"""The REST API of Odnoklassniki on loopback."""
