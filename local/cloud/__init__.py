"""An emulated AWS, the template deployed into it, and the machine that its builds run on."""
