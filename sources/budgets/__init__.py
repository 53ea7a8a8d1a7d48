"""The requests that networks allow: tokens, rates, daily quotas; booked before each request, kept across restarts."""
