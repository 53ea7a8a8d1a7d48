"""VK (vk.com): walls of communities and people, comments, searches, and the pushes of one's own communities."""
