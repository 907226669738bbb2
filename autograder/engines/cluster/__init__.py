"""Grade on several machines, with Dask: the sandbox engine, whose submissions are judged by workers elsewhere.

`coordinator` is the engine's `judge_all`, in the process that leads a class: chunks of submissions go out, results come
back as JSON, and no more is under way than the workers can use. `judging` is what runs in a worker: it proves that it
has the course's secret and the same code, and calls `judge_chunk`. `scheduling` is what runs in the scheduler.
`certificates` makes and checks who may take part, `commands` starts scheduler and workers with the settings that keep
student work out of logs and of what is kept, `settings` is what these are and where a cluster is; `words` is what
people read. Dask is an extra, "cluster", and imported only here.
"""
