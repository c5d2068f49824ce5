"""What a person starts and sees: a folder or a repository that is served, and the dashboard."""
