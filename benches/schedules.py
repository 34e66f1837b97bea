# The reference's own input plugins and merger, timed; run by `schedules.rs`.
import logging
import time
from zoneinfo import ZoneInfo

import structlog

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))

from eventum.plugins.input.merger import InputPluginsMerger
from eventum.plugins.input.plugins.cron.plugin import CronInputPlugin, CronInputPluginConfig
from eventum.plugins.input.plugins.linspace.plugin import LinspaceInputPlugin, LinspaceInputPluginConfig
from eventum.plugins.input.plugins.timer.plugin import TimerInputPlugin, TimerInputPluginConfig

SIZE = 10_000
SECONDS = 2.0


def make(kind, config, number=1):
    return kind[0](
        config=kind[1].model_validate(config),
        params={'id': number, 'timezone': ZoneInfo('America/New_York')},
    )


CRON = (CronInputPlugin, CronInputPluginConfig)
TIMER = (TimerInputPlugin, TimerInputPluginConfig)
LINSPACE = (LinspaceInputPlugin, LinspaceInputPluginConfig)


def timed(name, arrays):
    made = 0
    start = time.thread_time()
    for array in arrays:
        made += len(array)
        if time.thread_time() - start > SECONDS:
            break
    rate = made / (time.thread_time() - start) / 1e6
    print(f'{name:<34} {rate:>9.4f} M/s  (the reference)')


def single(name, kind, config):
    timed(name, make(kind, config).generate(SIZE, skip_past=False))


single('cron, every second', CRON, {'expression': '* * * * * *', 'count': 1})
single('cron, names and L', CRON, {'expression': '*/20 9 L jan-nov fri 15', 'count': 1, 'end': '+8y'})
single('timer', TIMER, {'seconds': 0.1, 'count': 1})
single('linspace', LINSPACE, {'start': 'now', 'end': '+30d', 'count': 1_000_000})
timers = [make(TIMER, {'seconds': 0.1, 'count': 1}, number) for number in range(1, 5)]
timed('merge of four, all alike', InputPluginsMerger(timers).iterate(SIZE, skip_past=False))
