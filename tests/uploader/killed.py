"""An upload that is killed at its n-th PUT."""

from __future__ import annotations

# The uploader in a process that ends like a machine that is switched off: before its n-th PUT.
KILLED = """
import os, signal, sys, threading
sys.path.insert(0, {root!r})
from workbench import uploads
from uploader import client
connect, lock, left = client.connect, threading.Lock(), [{puts}]
def dying():
    made = connect()
    session = made._endpoint.http_session
    send = session.send
    def die(request):
        with lock:
            left[0] -= request.method == "PUT"
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return send(request)
    session.send = die
    return made
client.connect = dying
sys.exit(uploads.main(sys.argv[1:], dict(os.environ)))
"""
