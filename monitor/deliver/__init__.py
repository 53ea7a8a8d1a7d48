"""Delivery: what watch has found reaches people and other systems, each destination on its own, and a journal tells of every attempt.

A message is stored before it counts as taken (``queued``), an attempt before it is made (``sending``), its outcome after it. So
a crash loses nothing: what was queued is sent, and what was on its way is sent again under the same id, marked as a repeat.
"""
