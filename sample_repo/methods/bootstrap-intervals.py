# ---
# title: An honest interval in ten lines
# authors:
#   - Priya Raman
# created_at: 2024-06-21
# updated_at: 2024-06-21
# tags: [how-to, experiment]
# tldr: |
#   When there is no formula for the error of a number, draw the *units of randomisation* again and look how much the number moves.
#   Drawing trips instead of riders made an interval **less than half as wide** as it should have been, and a seat that does nothing look like a success.
# ---

# %% [markdown]
# Three times this year somebody asked me for "the formula" for the error of a number that has none: a median, a ratio of two sums, the share of rides that
# the busiest tenth of riders take. There is a method that works for all three, fits on a postcard, and has one trap.
#
# ## The postcard

# %%
from collections.abc import Callable

import numpy as np
import pandas as pd


def interval(
    data: pd.DataFrame,
    unit: str,
    number: Callable[[pd.DataFrame], float],
    draws: int = 1000,
    seed: int = 0,
) -> tuple[float, float]:
    """The 95 % bootstrap interval of `number(data)`; whole `unit`s are drawn."""
    rng = np.random.default_rng(seed)
    rows = [index.to_numpy() for index in data.groupby(unit).groups.values()]
    values = []
    for _ in range(draws):
        drawn = rng.integers(0, len(rows), len(rows))
        values.append(number(data.loc[np.concatenate([rows[i] for i in drawn])]))
    low, high = np.percentile(values, [2.5, 97.5])
    return low, high


# %% [markdown]
# `unit` is the whole point. Draw what was drawn in the first place: if riders were assigned to the arms of a test, draw riders, each with *all* of their trips.
#
# ## The trap
#
# 800 riders, half of them with the new seat, and their trips. Some people ride far, some ride short, whatever the seat: trips of the same rider resemble
# each other. The seat does nothing at all.


# %%
def load_trips(seed: int = 20) -> pd.DataFrame:
    """Synthetic: one row per trip, with its rider, the rider's arm, and minutes."""
    rng = np.random.default_rng(seed)
    riders = pd.DataFrame(
        {
            "rider": range(800),
            "arm": rng.choice(["old seat", "new seat"], 800),
            "usual": rng.gamma(5, 2.6, 800),
        }
    )
    trips = riders.loc[np.repeat(riders.index, rng.poisson(12, 800))].reset_index(drop=True)
    trips["minutes"] = trips.usual * rng.gamma(6, 1 / 6, len(trips))
    trips["trip"] = trips.index
    return trips.drop(columns="usual")


def lift(trips: pd.DataFrame) -> float:
    """Minutes per trip on the new seat against the old one, in percent."""
    means = trips.groupby("arm").minutes.mean()
    return 100 * (means["new seat"] / means["old seat"] - 1)


trips = load_trips()
for unit in ["trip", "rider"]:
    low, high = interval(trips, unit, lift)
    print(
        f"drawing {unit}s: {lift(trips):+.1f} %, interval {low:+.1f} to {high:+.1f}, width {high - low:.1f}"
    )

# %% [markdown]
# The same data, the same number, two stories:
#
# | drawn | lift | 95 % interval | what we would have said |
# |---|---:|---|---|
# | trips | +4.1 % | +1.5 to +6.4 | "the new seat works" |
# | riders | +4.1 % | −2.1 to +10.8 | "we cannot tell" |
#
# Only the second is true. A rider with forty trips is one person with one pair of legs, not forty witnesses.
#
# ## Three rules of thumb
#
# 1. **Draw what was assigned.** Riders for app tests, stations for hardware, whole days for weather.
# 2. **Fewer than about 30 units: do not.** The method assumes that your sample looks like the world; with eight stations it does not.
# 3. **Fix the seed, and say it.** Somebody will run this again and ask why the last digit has changed.
#
# The width of the interval falls with $1/\sqrt{n}$, where $n$ counts *units*. Ten times as many trips by the same riders buy almost nothing.
