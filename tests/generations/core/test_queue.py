"""How a hint reaches a worker: woken by a commit elsewhere, and never lost."""

import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections
from django_q.brokers.redis_broker import Redis
from django_q.conf import Conf
from django_q.models import OrmQ

from generations.lifecycle import waking_broker as waking
from generations.lifecycle.waking_broker import WakingBroker
from tests.settings import TEST_REDIS_URL
from tests.spending.racing import at_once

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def broker(transactional_db: None) -> Iterator[WakingBroker]:
    yield WakingBroker(list_key=f"test-{uuid.uuid4().hex[:8]}")
    connection.close()


def taken(broker: WakingBroker, seconds: float = 10) -> str | None:
    """The next hint, or None when none came in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = broker.dequeue()
        if found:
            return found[0][1]
    return None


def test_a_hint_that_lies_there_is_taken_at_once(
    broker: WakingBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waking, "LONGEST_WAIT", 60.0)
    broker.enqueue("hint")
    began = time.monotonic()
    assert taken(broker) == "hint"
    assert time.monotonic() - began < 30


def test_a_hint_that_was_taken_is_locked_until_it_is_acknowledged(broker: WakingBroker) -> None:
    key = broker.enqueue("hint")
    assert broker.dequeue() == [(key, "hint")]
    assert not broker.dequeue()
    broker.acknowledge(key)
    assert not OrmQ.objects.exists()


def test_a_hint_put_in_by_another_connection_ends_the_wait(
    broker: WakingBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wait alone would last a minute: only being woken is faster."""
    monkeypatch.setattr(waking, "LONGEST_WAIT", 60.0)
    assert WakingBroker(list_key=broker.list_key).queue_size() == 0
    put_in: list[float] = []

    def later() -> None:
        time.sleep(0.5)
        WakingBroker(list_key=broker.list_key).enqueue("hint")
        put_in.append(time.monotonic())
        connections[Conf.ORM].close()

    thread = threading.Thread(target=later)
    thread.start()
    assert taken(broker, 30) == "hint"
    arrived = time.monotonic()
    thread.join()
    assert arrived - put_in[0] < 10


def test_a_hint_put_in_by_another_process_ends_the_wait(
    broker: WakingBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waking, "LONGEST_WAIT", 120.0)
    program = (
        "import django; django.setup();"
        "from django.conf import settings;"
        "from django.db import connection; import sys, time;"
        "connection.settings_dict['NAME'] = sys.argv[2];"
        "from generations.lifecycle.waking_broker import WakingBroker;"
        "time.sleep(0.5); WakingBroker(list_key=sys.argv[1]).enqueue('from afar')"
    )
    child = subprocess.Popen(
        [
            *(sys.executable, "-c", program),
            *(str(broker.list_key), str(connection.settings_dict["NAME"])),
        ],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
    )
    try:
        assert taken(broker, 100) == "from afar"
    finally:
        assert child.wait(60) == 0


def test_nothing_is_lost_and_nothing_is_taken_twice(broker: WakingBroker) -> None:
    got: list[str] = []
    lock = threading.Lock()
    wanted = {f"{thread}-{number}" for thread in range(3) for number in range(15)}

    def work(number: int) -> None:
        mine = WakingBroker(list_key=broker.list_key)
        if number < 3:
            for count in range(15):
                mine.enqueue(f"{number}-{count}")
            return
        until = time.monotonic() + 30
        while time.monotonic() < until:
            for key, task in mine.dequeue() or ():
                with lock:
                    got.append(task)
                mine.acknowledge(key)
            with lock:
                if len(got) >= len(wanted):
                    return

    assert at_once(5, work) == []
    assert sorted(got) == sorted(wanted)


def test_an_empty_queue_is_left_after_a_moment(broker: WakingBroker) -> None:
    began = time.monotonic()
    assert not broker.dequeue()
    assert time.monotonic() - began < 15


def test_a_connection_that_was_closed_is_opened_again(broker: WakingBroker) -> None:
    assert not broker.dequeue()
    connection.close()
    WakingBroker(list_key=broker.list_key).enqueue("hint")
    assert taken(broker) == "hint"


@pytest.mark.django_db(transaction=True)
def test_a_hint_in_a_transaction_that_is_undone_was_never_there() -> None:
    from django.db import transaction

    broker = WakingBroker(list_key=f"test-{uuid.uuid4().hex[:8]}")
    with transaction.atomic():
        broker.enqueue("hint")
        transaction.set_rollback(True)
    assert not broker.dequeue()


def test_the_settings_name_this_broker() -> None:
    assert settings.Q_CLUSTER["broker_class"] == "generations.lifecycle.waking_broker.WakingBroker"
    assert settings.Q_CLUSTER["poll"] == 0
    assert settings.Q_CLUSTER["timeout"] < settings.Q_CLUSTER["retry"]


def test_a_redis_address_moves_the_queue_to_redis(tmp_path: Path) -> None:
    """In a process of its own: django-q2 reads its settings once."""
    import redis

    try:
        redis.Redis.from_url(TEST_REDIS_URL).ping()
    except redis.exceptions.RedisError:
        pytest.skip(f"no Redis answers at {TEST_REDIS_URL}")
    key = f"dailies-test-{uuid.uuid4().hex[:8]}"
    program = (
        "import django; django.setup();"
        "from django_q.brokers import get_broker; import sys;"
        "b = get_broker(list_key=sys.argv[1]); print(type(b).__name__);"
        "b.enqueue('hint'); print(b.dequeue()[0][1].decode()); b.delete_queue()"
    )
    child = subprocess.run(
        [sys.executable, "-c", program, key],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "studio.settings",
            "STUDIO_DATA": str(tmp_path),
            "QUEUE_URL": TEST_REDIS_URL,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert child.stdout.split() == [Redis.__name__, "hint"], child.stderr
