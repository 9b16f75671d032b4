"""The same join as others would write it: programs that ``joinedup bench`` measures ours beside.

Nothing imports them and nothing of them is deployed: they run in an environment of their own.
"""
