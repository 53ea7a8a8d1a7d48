"""What only tests need of VK: a plain budget, and the schemas that answers are held to."""
