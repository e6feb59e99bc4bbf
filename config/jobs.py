"""Jobs of the installation itself."""

from importlib import import_module
from typing import Final

from django.conf import settings
from procrastinate import JobContext
from procrastinate.contrib.django import app

# Failed ones stay until somebody has looked.
KEEP_FINISHED_HOURS: Final = 30 * 24


@app.task(name="queue.rescue", queueing_lock="queue.rescue", pass_context=True)
async def rescue(context: JobContext, /, **_later: object) -> None:
    """
    Put jobs back on the queue whose worker died while doing them. Jobs are safe to run twice.
    """
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        await manager.retry_job(job)


@app.task(name="queue.forget", queueing_lock="queue.forget", pass_context=True)
async def forget(context: JobContext, /, **_later: object) -> None:
    """
    Delete jobs that ended well a month ago.
    """
    await context.app.job_manager.delete_old_jobs(nb_hours=KEEP_FINISHED_HOURS)


@app.task(name="sessions.forget", queueing_lock="sessions.forget")
def forget_sessions(**_later: object) -> None:
    """
    Delete sessions that have ended, of the staff and of the debtors' door.
    """
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
