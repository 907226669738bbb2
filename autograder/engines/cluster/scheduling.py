"""What runs in the scheduler; it imports nothing, for the scheduler answers nobody meanwhile."""

from typing import Any


async def end_run(run: str, name: str, dask_scheduler: Any) -> None:
    """Take a run's plugin from all workers, unless that of a newer run has replaced it.

    Args:
        run: the run.
        name: of the plugin, which runs share.
        dask_scheduler: filled in by Dask, which keeps plugins pickled.
    """
    if run.encode() in dask_scheduler.worker_plugins.get(name, b""):
        await dask_scheduler.unregister_worker_plugin(None, name)
