"""Judge one check; knows no assignment.

`check` is what an answer key is made of; `judging` has the calls made and judges the outcomes by `criteria`, with
`gradient` and `chance` behind them; `verdict` is the result, `words` what it says. `catalogue` collects known mistakes
and right answers; `behaviours` keeps what wrong
functions computed, to group those that computed the same; `recording` makes the self-check's public cases from them.
"""
