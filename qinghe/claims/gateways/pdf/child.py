"""The child: limits itself first, reads one PDF from the pipe, answers in one line of JSON."""

from __future__ import annotations

import io
import json
import logging
import resource
import sys
import warnings
from pathlib import Path
from typing import Any

from qinghe.claims.gateways.pdf import CPU_SECONDS, DAMAGED, ENCRYPTED, HEAVY, MEMORY_MB

MB = 1024 * 1024
MOST_OPEN = 64
DEEP = 600


def main() -> None:
    """Answer for the file on standard input; exits with 0 whatever is in it."""
    _limit()
    answer = _answer(sys.stdin.buffer.read(), Path(sys.argv[1]), int(sys.argv[2]))
    sys.stdout.write(json.dumps(answer))


def _limit() -> None:
    memory = MEMORY_MB * MB
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (MOST_OPEN, MOST_OPEN))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform != "darwin":
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    sys.setrecursionlimit(DEEP)
    logging.disable()
    warnings.simplefilter("ignore")


def _answer(content: bytes, trust: Path, most_pages: int) -> dict[str, Any]:
    # Imported under the limits: what a parser does when it is loaded counts too.
    from qinghe.claims.gateways.pdf.signatures import signatures_of  # noqa: PLC0415
    from qinghe.claims.gateways.pdf.structure import Fault, look  # noqa: PLC0415

    try:
        reader, told = look(io.BytesIO(content), most_pages)
        return {**told, "signatures": signatures_of(reader, trust)}
    except Fault as fault:
        return {"fault": fault.code}
    except MemoryError:
        return {"fault": HEAVY}
    except Exception:  # noqa: BLE001  a parser may fail in any way on a file made to break it
        return {"fault": ENCRYPTED if b"/Encrypt" in content else DAMAGED}


if __name__ == "__main__":
    main()
