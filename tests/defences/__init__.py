"""Switch each defence off in turn, and see the attack on it get through: a suite that stays green then tests nothing.

- `defence`: what a defence and the attack on it are.
- `criteria`: of each criterion of both labs, and of each place where a judge is lenient.
- `cleaners`: of what makes outputs safe to keep and to show.
- `counters`: of all that bounds what hostile bytes take.
- `__main__`: `python -m tests.defences --write` makes the tables of docs/security.md.

The layers of the sandbox are switched off by `tests.engines.sandbox.attacks.layers`.
"""
