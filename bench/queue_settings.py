"""The studio's settings with one of three brokers, chosen by BENCH_BROKER."""

import os

from studio.settings import *  # noqa: F403
from studio.settings import Q_CLUSTER

for _name in ("redis", "orm", "broker_class"):
    Q_CLUSTER.pop(_name, None)
if os.environ["BENCH_BROKER"] == "redis":
    Q_CLUSTER |= {"redis": os.environ["BENCH_REDIS"], "poll": 0.2}
elif os.environ["BENCH_BROKER"] == "stock":
    Q_CLUSTER |= {"orm": "default", "poll": 0.2}
else:
    Q_CLUSTER |= {
        "orm": "default",
        "broker_class": "generations.lifecycle.waking_broker.WakingBroker",
        "poll": 0,
    }
