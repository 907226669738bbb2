"""Runs submissions in a sandbox and judges them from outside; knows no assignment.

The way of a submission: `pool` → `submission` → `plan` (what to run) → `running` (in `workers`, whose untrusted side is
`sandbox`) → `scoring`. `layers` says what stands between a student's code and the rest, `limits` what it may take.
"""
