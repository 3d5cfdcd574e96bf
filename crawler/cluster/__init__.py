"""Many processes on one PostgreSQL database: who looks where, who leads, and what becomes of a dead one's work.

    leader   one process: notices which shards have something due and queues a turn at each        (leader.py)
    queue    procrastinate: one turn at a shard at a time, over all processes                      (turns.py)
    share    a crawl's process: the shards whose turn it has, and when each of these turns is over (share.py)

With SQLite one process does everything, and of this only `share` and `roles` are imported.
"""
