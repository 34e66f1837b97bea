"""Transfers between a few accounts.

evtui calls `produce` for each timestamp. What it prints goes to evtui's log.
"""

import json
import random

# These names exist without installing anything: evtui brings them along.
from eventum.plugins.event.exceptions import (
    PluginEventDroppedError,
    PluginEventsExhaustedError,
)

balances = {'ada': 900, 'grace': 700, 'alan': 400, 'edsger': 100}
number = 0


def event(params, action, **fields):
    """One event as JSON text."""
    fields = {
        '@timestamp': params['timestamp'].isoformat(),
        'action': action,
        'channel': 'online' if 'online' in params['tags'] else 'branch',
        'transfer': number,
        **fields,
    }
    return json.dumps(fields)


def produce(params):
    """Returns one event, or a list of them.

    `params` holds `timestamp`, a datetime with the generator's time zone, and `tags`, a tuple.
    """
    global number
    hour = params['timestamp'].hour
    if 'branch' in params['tags'] and not 8 <= hour < 24:
        # The branch is closed: no event for this timestamp.
        raise PluginEventDroppedError
    if number == 100_000:
        # Enough: the run ends here.
        raise PluginEventsExhaustedError

    number += 1
    payer, payee = random.sample(sorted(balances), 2)
    amount = random.randint(1, 200)
    ordered = event(params, 'ordered', payer=payer, payee=payee, amount=amount)
    if amount > balances[payer]:
        return [ordered, event(params, 'refused', payer=payer, balance=balances[payer])]

    balances[payer] -= amount
    balances[payee] += amount
    return [
        ordered,
        event(params, 'booked', payer=payer, balance=balances[payer]),
        event(params, 'booked', payer=payee, balance=balances[payee]),
    ]
