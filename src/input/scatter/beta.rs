//! The beta distribution: its share below a point, and draws from it or from a part of it.

use crate::fake::{Fast, Random};

/// Most terms of the continued fraction; enough for parameters of many millions.
const TERMS: u32 = 20_000;

/// Attempts after which a draw gives up on a part with hardly any mass and takes any place of it.
const ATTEMPTS: u32 = 100_000;

/// A beta distribution.
#[derive(Clone, Copy, Debug)]
pub(super) struct Beta {
    a: f64,
    b: f64,
    /// Logarithm of the beta function.
    ln_beta: f64,
}

impl Beta {
    pub(super) fn new(a: f64, b: f64) -> Self {
        Self {
            a,
            b,
            ln_beta: ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b),
        }
    }

    fn density(&self, x: f64) -> f64 {
        // Nothing to a zeroth power is 1, also at the ends.
        let log = |power: f64, ln: f64| if power == 0.0 { 0.0 } else { power * ln };
        (log(self.a - 1.0, x.ln()) + log(self.b - 1.0, (-x).ln_1p()) - self.ln_beta).exp()
    }

    /// Share of draws below `x`: the regularised incomplete beta function.
    pub(super) fn share(&self, x: f64) -> f64 {
        if x <= 0.0 {
            return 0.0;
        }
        if x >= 1.0 {
            return 1.0;
        }
        let front = (self.a * x.ln() + self.b * (-x).ln_1p() - self.ln_beta).exp();
        let share = if x < (self.a + 1.0) / (self.a + self.b + 2.0) {
            front * fraction(self.a, self.b, x) / self.a
        } else {
            1.0 - front * fraction(self.b, self.a, 1.0 - x) / self.b
        };
        share.clamp(0.0, 1.0)
    }

    /// How to draw from the part between two points.
    pub(super) fn within(&self, low: f64, high: f64) -> Way {
        let (low, high) = (low.max(0.0), high.min(1.0));
        let mass = self.share(high) - self.share(low);
        let whole = Way::Whole {
            beta: *self,
            low,
            high,
        };
        if low <= 0.0 && self.a < 1.0 || high >= 1.0 && self.b < 1.0 {
            let mirrored = low > 0.0;
            let (beta, from) = if mirrored {
                (Self::new(self.b, self.a), 1.0 - high)
            } else {
                (*self, low)
            };
            let width = if mirrored { 1.0 - low } else { high };
            if width >= 1.0 || from > 0.0 {
                return whole;
            }
            // The other factor of the density, (1 - x)^(b - 1), is largest at one of the ends.
            let most = (1.0 - width).powf(beta.b - 1.0).max(1.0);
            let envelope = (beta.a * width.ln() - beta.ln_beta).exp() / beta.a * most;
            return if envelope >= 1.0 {
                whole
            } else {
                Way::Edge {
                    power: 1.0 / beta.a,
                    other: beta.b - 1.0,
                    width,
                    most,
                    mirrored,
                }
            };
        }
        let ends = [self.density(low), self.density(high)];
        let mode = (self.a - 1.0) / (self.a + self.b - 2.0);
        let arched = self.a >= 1.0 && self.b >= 1.0;
        let top = if arched && low < mode && mode < high {
            self.density(mode)
        } else {
            ends[0].max(ends[1])
        };
        let accepted = mass / ((high - low) * top);
        if accepted.is_nan() || accepted <= mass {
            return whole;
        }
        Way::Flat {
            beta: *self,
            low,
            width: high - low,
            top,
            bottom: if arched { ends[0].min(ends[1]) } else { 0.0 },
        }
    }

    /// A draw from the whole: two gamma variates.
    fn draw(&self, random: &mut Fast) -> f64 {
        let (first, second) = normals(random);
        let (x, ln_x) = gamma(self.a, first, random);
        let (y, ln_y) = gamma(self.b, second, random);
        if ln_x == 0.0 && ln_y == 0.0 {
            return x / (x + y);
        }
        // Small parameters make variates too small for a float, but not their logarithms.
        1.0 / (1.0 + (ln_y + y.ln() - ln_x - x.ln()).exp())
    }
}

/// A way to draw from a part of a beta distribution.
#[derive(Clone, Copy, Debug)]
pub(super) enum Way {
    /// From the whole, until one falls into the part.
    Whole { beta: Beta, low: f64, high: f64 },
    /// Evenly, accepted by the density.
    Flat {
        beta: Beta,
        low: f64,
        width: f64,
        top: f64,
        /// Least density in the part.
        bottom: f64,
    },
    /// At an end where the density has no bound: by its power there, accepted by the other factor.
    Edge {
        power: f64,
        other: f64,
        width: f64,
        most: f64,
        mirrored: bool,
    },
}

impl Way {
    pub(super) fn draw(&self, random: &mut Fast) -> f64 {
        for _ in 0..ATTEMPTS {
            match *self {
                Self::Whole { beta, low, high } => {
                    let x = beta.draw(random);
                    if (low..high).contains(&x) || high >= 1.0 && x >= low {
                        return x;
                    }
                }
                Self::Flat {
                    beta,
                    low,
                    width,
                    top,
                    bottom,
                } => {
                    let x = low + random.unit() * width;
                    let height = random.unit() * top;
                    if height <= bottom || height <= beta.density(x) {
                        return x;
                    }
                }
                Self::Edge {
                    power,
                    other,
                    width,
                    most,
                    mirrored,
                } => {
                    let x = width * (1.0 - random.unit()).powf(power);
                    if random.unit() * most <= (1.0 - x).powf(other) {
                        return if mirrored { 1.0 - x } else { x };
                    }
                }
            }
        }
        match *self {
            Self::Whole { low, high, .. } => low + random.unit() * (high - low),
            Self::Flat { low, width, .. } => low + random.unit() * width,
            Self::Edge {
                width, mirrored, ..
            } => {
                let x = random.unit() * width;
                if mirrored { 1.0 - x } else { x }
            }
        }
    }
}

/// Two independent standard normal variates.
fn normals(random: &mut Fast) -> (f64, f64) {
    let radius = (-2.0 * (1.0 - random.unit()).ln()).sqrt();
    let (sin, cos) = (std::f64::consts::TAU * random.unit()).sin_cos();
    (radius * cos, radius * sin)
}

/// A gamma variate (Marsaglia and Tsang, 2000) as a factor and the logarithm of another one; `normal`
/// is the first variate to try.
fn gamma(shape: f64, mut normal: f64, random: &mut Fast) -> (f64, f64) {
    let (shape, ln_rest) = if shape < 1.0 {
        (shape + 1.0, (1.0 - random.unit()).ln() / shape)
    } else {
        (shape, 0.0)
    };
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let v = (1.0 + c * normal).powi(3);
        if v > 0.0 {
            let u = 1.0 - random.unit();
            let square = normal * normal;
            if u < 1.0 - 0.0331 * square * square || u.ln() < 0.5 * square + d * (1.0 - v + v.ln())
            {
                return (d * v, ln_rest);
            }
        }
        normal = normals(random).0;
    }
}

/// The continued fraction of the incomplete beta function, by Lentz's method.
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let guard = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / guard(1.0 - (a + b) * x / (a + 1.0));
    let mut result = d;
    for term in 1..=TERMS {
        let m = f64::from(term);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / guard(1.0 + even * d);
        c = guard(1.0 + even / c);
        result *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / guard(1.0 + odd * d);
        c = guard(1.0 + odd / c);
        result *= d * c;
        if (d * c - 1.0).abs() < 1e-15 {
            break;
        }
    }
    result
}

/// Logarithm of the gamma function for positive numbers (Lanczos).
fn ln_gamma(x: f64) -> f64 {
    const TERMS: [f64; 8] = [
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    if x < 0.5 {
        // Reflection keeps small numbers exact.
        let sine = (std::f64::consts::PI * x).sin();
        return (std::f64::consts::PI / sine).ln() - ln_gamma(1.0 - x);
    }
    let x = x - 1.0;
    let base = x + 7.5;
    let sum = TERMS
        .iter()
        .zip(1_u8..)
        .fold(0.999_999_999_999_809_9, |sum, (term, index)| {
            sum + term / (x + f64::from(index))
        });
    0.5 * std::f64::consts::TAU.ln() + (x + 0.5) * base.ln() - base + sum.ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(ours: f64, theirs: f64) {
        assert!(
            (ours - theirs).abs() <= 1e-10 * theirs.abs().max(1.0),
            "{ours} {theirs}"
        );
    }

    #[test]
    fn the_gamma_function_of_known_numbers() {
        near(ln_gamma(1.0), 0.0);
        near(ln_gamma(0.5), std::f64::consts::PI.sqrt().ln());
        near(ln_gamma(10.0), 362_880_f64.ln());
        near(ln_gamma(0.01), 4.599_479_878_042_022);
    }

    #[test]
    fn shares_with_closed_forms() {
        for x in [0.001, 0.2, 0.5, 0.77, 0.999] {
            near(Beta::new(1.0, 1.0).share(x), x);
            near(Beta::new(3.0, 1.0).share(x), x.powi(3));
            near(Beta::new(1.0, 4.0).share(x), 1.0 - (1.0 - x).powi(4));
            near(
                Beta::new(0.5, 0.5).share(x),
                2.0 / std::f64::consts::PI * x.sqrt().asin(),
            );
            // Symmetry.
            near(
                Beta::new(70.0, 900.0).share(x),
                1.0 - Beta::new(900.0, 70.0).share(1.0 - x),
            );
        }
        near(Beta::new(2.0, 5.0).share(0.3), 0.579_825);
    }
}
