"""What the configuration of each tool changes: one function a tool, which reads its files and notes what they say."""
