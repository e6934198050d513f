"""What must hold after any fault: nothing lost, nothing paid twice, every cent accounted for."""

from collections import Counter

from tests.faults.studios import Studio

SETTLED = {"completed", "needs_decision"}


def check_books(studio: Studio, *, made: int, settled: set[str] = SETTLED) -> None:
    """Compare the studio's rows with the sandbox's own ledger; raises AssertionError."""
    states = studio.states()
    assert len(states) == made
    assert set(states) <= settled, states
    _nothing_paid_twice(studio)
    _everything_owned(studio)
    _sums_are_exact(studio)


def _nothing_paid_twice(studio: Studio) -> None:
    truth = studio.truth()
    tokens = Counter(row["callback_url"] for row in truth["generations"])
    assert None not in tokens, "a request left without its token"
    assert set(tokens.values()) <= {1}, "one attempt was accepted twice"
    charges = Counter(row["generation_id"] for row in truth["ledger"] if row["entry"] == "charge")
    assert set(charges.values()) <= {1}, "one generation was charged twice"
    attempts = studio.rows("select generation_id from generations_attempt")
    assert set(Counter(row["generation_id"] for row in attempts).values()) == {1}
    assert not studio.rows("select * from generations_orphan")


def _everything_owned(studio: Studio) -> None:
    charged = {row["generation_id"] for row in studio.truth()["ledger"]}
    owned = studio.rows(
        "select a.remote_id, g.state from generations_attempt a"
        " join generations_generation g on g.id = a.generation_id where a.remote_id is not null"
    )
    assert charged == {row["remote_id"] for row in owned}
    assert {row["state"] for row in owned} <= {"completed", "failed"}
    unfinished = studio.rows(
        "select g.id from generations_generation g left join media_storedfile f"
        " on f.id = g.original_id where g.state = 'completed' and f.id is null"
    )
    assert not unfinished, "completed without its file"


def _sums_are_exact(studio: Studio) -> None:
    entries = studio.rows("select reference, kind, micros from spending_ledgerentry")
    sums: Counter[str] = Counter()
    for row in entries:
        sums[row["kind"]] += row["micros"]
    (account,) = studio.rows("select pending_micros, posted_micros from spending_account")
    assert account["pending_micros"] == sums["hold"] - sums["post"] - sums["void"]
    assert account["posted_micros"] == sums["post"] + sums["late"] - sums["refund"]
    assert account["posted_micros"] == -sum(row["microdollars"] for row in studio.truth()["ledger"])
