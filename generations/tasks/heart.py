"""A pulse through the queue: it shows that the cluster still picks work up."""

from generations.models import Beat
from studio.clock import now

CLUSTER = "cluster"


def beat() -> None:
    """Write that a worker is alive. The watchdog restarts a cluster that stops doing this."""
    Beat.objects.update_or_create(name=CLUSTER, defaults={"at": now()})
