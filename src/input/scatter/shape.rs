//! How draws spread over a stretch, from 0 to 1.

use crate::fake::{Fast, Random};

use super::beta::{Beta, Way};

/// A distribution over [0, 1).
#[derive(Clone, Debug)]
pub(in crate::input) enum Shape {
    /// Evenly between two points.
    Uniform {
        /// The first point.
        low: f64,
        /// The end.
        high: f64,
    },
    /// Rising to a mode and falling from it.
    Triangular {
        /// Where it rises from.
        left: f64,
        /// Its peak.
        mode: f64,
        /// Where it falls to.
        right: f64,
    },
    /// Beta.
    Beta(BetaShape),
    /// Evenly within each of several pieces.
    Steps(Steps),
}

/// A beta distribution.
#[derive(Clone, Copy, Debug)]
pub(in crate::input) struct BetaShape(Beta);

/// Pieces with a weight each.
#[derive(Clone, Debug)]
pub(in crate::input) struct Steps {
    /// Where a piece begins, and the share of draws before it; the last one is the end.
    pieces: Vec<(f64, f64)>,
}

/// A piece of [`Shape::steps`].
#[derive(Clone, Copy, Debug)]
pub(in crate::input) struct Step {
    /// Where it begins, 0 to 1.
    pub from: f64,
    /// Weight of the whole piece.
    pub weight: f64,
}

impl Shape {
    pub(in crate::input) fn uniform(low: f64, high: f64) -> Self {
        Self::Uniform { low, high }
    }

    pub(in crate::input) fn triangular(left: f64, mode: f64, right: f64) -> Self {
        Self::Triangular { left, mode, right }
    }

    /// Both parameters are positive and finite.
    pub(in crate::input) fn beta(a: f64, b: f64) -> Self {
        Self::Beta(BetaShape(Beta::new(a, b)))
    }

    /// Pieces in their order, the first at 0; the last one only marks the end. Even when no piece has
    /// any weight.
    pub(in crate::input) fn steps(steps: impl IntoIterator<Item = Step>) -> Self {
        let mut pieces = Vec::new();
        let mut sum = 0.0;
        for step in steps {
            pieces.push((step.from, sum));
            sum += step.weight;
        }
        if sum <= 0.0 {
            return Self::uniform(0.0, 1.0);
        }
        let total = pieces.last().map_or(1.0, |last| last.1);
        for (_, before) in &mut pieces {
            *before /= total;
        }
        Self::Steps(Steps { pieces })
    }

    /// Share of the draws below a point.
    pub(in crate::input) fn share(&self, x: f64) -> f64 {
        match self {
            Self::Uniform { low, high } => ((x - low) / (high - low)).clamp(0.0, 1.0),
            Self::Triangular { left, mode, right } => {
                if x <= *left {
                    0.0
                } else if x >= *right {
                    1.0
                } else if x <= *mode {
                    (x - left).powi(2) / ((right - left) * (mode - left))
                } else {
                    1.0 - (right - x).powi(2) / ((right - left) * (right - mode))
                }
            }
            Self::Beta(BetaShape(beta)) => beta.share(x),
            Self::Steps(steps) => steps.share(x),
        }
    }

    /// Prepares draws between two points.
    pub(super) fn within(&self, low: f64, high: f64) -> Within<'_> {
        match self {
            Self::Uniform {
                low: from,
                high: to,
            } => {
                let low = low.max(*from);
                Within::Even {
                    low,
                    width: high.min(*to) - low,
                }
            }
            Self::Beta(BetaShape(beta)) => Within::Beta(beta.within(low, high)),
            Self::Triangular { .. } | Self::Steps(_) => {
                let before = self.share(low);
                Within::Inverse {
                    shape: self,
                    before,
                    share: self.share(high) - before,
                }
            }
        }
    }

    /// The point below which a share of the draws lies.
    fn point(&self, share: f64) -> f64 {
        match self {
            Self::Triangular { left, mode, right } => {
                let width = right - left;
                if share * width <= mode - left {
                    left + (share * width * (mode - left)).sqrt()
                } else {
                    right - ((1.0 - share) * width * (right - mode)).sqrt()
                }
            }
            Self::Steps(steps) => steps.point(share),
            Self::Uniform { .. } | Self::Beta(_) => share,
        }
    }
}

impl Steps {
    fn share(&self, x: f64) -> f64 {
        let after = self.pieces.partition_point(|piece| piece.0 <= x);
        self.line(after, |&(from, before)| (from, before), x)
    }

    fn point(&self, share: f64) -> f64 {
        let after = self.pieces.partition_point(|piece| piece.1 <= share);
        self.line(after, |&(from, before)| (before, from), share)
    }

    /// The value at `at` on the line that ends at piece `after`.
    fn line(&self, after: usize, pair: impl Fn(&(f64, f64)) -> (f64, f64), at: f64) -> f64 {
        let ends = after
            .checked_sub(1)
            .and_then(|before| self.pieces.get(before))
            .map(&pair);
        match (ends, self.pieces.get(after).map(pair)) {
            (Some((x0, y0)), Some((x1, y1))) => y0 + (at - x0) / (x1 - x0) * (y1 - y0),
            (Some((_, last)), None) => last,
            (None, _) => 0.0,
        }
    }
}

/// Draws between two points of a shape.
#[derive(Debug)]
pub(super) enum Within<'s> {
    Even {
        low: f64,
        width: f64,
    },
    Inverse {
        shape: &'s Shape,
        before: f64,
        share: f64,
    },
    Beta(Way),
}

impl Within<'_> {
    #[inline]
    pub(super) fn draw(&self, random: &mut Fast) -> f64 {
        match self {
            Self::Even { low, width } => low + random.unit() * width,
            Self::Inverse {
                shape,
                before,
                share,
            } => shape.point(before + random.unit() * share),
            Self::Beta(way) => way.draw(random),
        }
    }
}
