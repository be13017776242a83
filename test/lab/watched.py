"""Runs a Python module and ends with the process that started it.

    python watched.py MODULE [ARGUMENT ...]

The starter keeps the other end of standard input open. When it is gone, by a crash or kill -9 too, standard input ends
and this process kills itself, so that no test leaves a server behind.
"""

import os
import runpy
import signal
import sys
import threading


def end_with_starter() -> None:
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGKILL)


threading.Thread(target=end_with_starter, daemon=True).start()
del sys.argv[0]
sys.path[0] = os.getcwd()
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
