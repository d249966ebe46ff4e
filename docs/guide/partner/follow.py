"""Follows the events of a Pelagic for ever. pip install nats-py"""

import asyncio
import json

import nats
from nats.errors import TimeoutError as NothingCame


async def ask(nc, subject, question=None):
    """Where the events stand; waits while the delivery is about to begin."""
    while True:
        answer = await nc.request(subject, json.dumps(question or {}).encode(), timeout=5)
        place = json.loads(answer.data)
        if "error" not in place:
            return place
        await asyncio.sleep(1)


async def open_connection(servers, user, password):
    """Replies come to an inbox of your own; no other is open to you."""
    return await nats.connect(
        servers,
        user=user,
        password=password,
        inbox_prefix=f"_INBOX_{user}".encode(),
        allow_reconnect=False,  # a lost connection is made anew below
        error_cb=said,
    )


async def said(problem):
    """What the connection complains about; where it matters, the call that it broke says so too."""
    print("the connection:", repr(problem))


async def subscription_to(nc, place):
    # The consumer is there already, and nobody but the delivery may make or change it.
    return await nc.jetstream().pull_subscribe_bind(place["consumer"], place["stream"])


async def follow(servers, user, password, begin, apply):
    """Reads from where it was left, whatever happens in between: the bus keeps the place.

    `begin(generation)`: another policy holds, everything comes again. `apply(event)`: keep it when its version
    (`sequence`) is newer than the one you have of the record (`subject`); it may come twice.
    """
    generation = 0
    while True:
        nc = None
        try:
            nc = await open_connection(servers, user, password)
            place = await ask(nc, f"{user}.hello")
            if place["generation"] != generation:
                await begin(place["generation"])
            generation = place["generation"]
            events = await subscription_to(nc, place)
            while nc.is_connected:
                try:
                    messages = await events.fetch(200, timeout=5)
                except NothingCame:
                    continue
                for message in messages:
                    await apply(json.loads(message.data))
                    await message.ack()  # only now: what was not acknowledged comes again
        except Exception as problem:  # whatever it was, the place is kept
            print("connected again in a moment:", repr(problem))
        finally:
            if nc is not None and not nc.is_closed:
                await nc.close()
        await asyncio.sleep(0.5)


async def replay(servers, user, password, since, apply):
    """Reads again everything that was recorded at that time (ISO 8601) or later, and a little before; then ends."""
    nc = await open_connection(servers, user, password)
    events = await subscription_to(nc, await ask(nc, f"{user}.replay", {"from": since}))
    left = (await events.consumer_info()).num_pending
    while left > 0:
        try:
            messages = await events.fetch(200, timeout=5)
        except NothingCame:
            continue
        for message in messages:
            await apply(json.loads(message.data))
            await message.ack()
            left = message.metadata.num_pending
    await nc.close()
