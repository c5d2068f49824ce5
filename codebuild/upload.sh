PYENV_VERSION= python3 -I uploader.py
