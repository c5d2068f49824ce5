# Our own program alone, in a place where nothing of the build is.
PYENV_VERSION= python3 -I uploader.py
