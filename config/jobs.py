"""Jobs of the installation itself."""

from procrastinate import JobContext
from procrastinate.contrib.django import app


@app.task(name="queue.rescue", queueing_lock="queue.rescue", pass_context=True)
async def rescue(context: JobContext, /, **_later: object) -> None:
    """
    Put jobs back on the queue whose worker died while doing them. Jobs are safe to run twice.
    """
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        await manager.retry_job(job)
