"""Run submissions in a sandbox and judge them from outside; knows no assignment.

The way of a submission: `pool` spreads submissions over processes; `chunk` judges some in one, with what their class
shares (`shared`) and no course folder; `grader` judges one; `plan` says what is to run of
a notebook; `running` runs it in workers and judges its checks; `answers` reads what a worker says of a cell. The
zygote behind `zygote_client` forks the workers, each behind a `worker_client`; `channel` receives from both,
`temporary` is their folder, `cgroup` their control group, and `inside` is all that runs on the untrusted side.
`layers` says what stands between a student's code and the rest, `limits` what a submission may take, `doctor` what of
it this machine has; `words` is what people read.

Fast paths complicate the engine for speed. Each stands in one place, under its name, and can be switched off by that
name (`Grader(off=…)`): `own_run_cell` in `inside.shell`, `kept_requests` in `grader`; pinning, in `pool`, by an
argument.
"""
