"""The API of VK on loopback."""
