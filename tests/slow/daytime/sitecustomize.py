"""Every Python process of a crash test lives in the early afternoon, whenever the test runs."""

import os

if "QINGHE_TEST_SHIFT" in os.environ:
    from datetime import UTC, datetime, timedelta

    import time_machine

    shift = timedelta(seconds=int(os.environ["QINGHE_TEST_SHIFT"]))
    time_machine.travel(datetime.now(UTC) + shift, tick=True).start()
