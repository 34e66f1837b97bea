//! The random source behind everything that is drawn.

/// A stream of uniform draws; every random primitive is defined on it.
pub trait Random {
    /// Uniform in [0, 1), one draw.
    fn unit(&mut self) -> f64;
    /// Uniform in [0, bound), one draw; 0 when `bound` is 0.
    fn below(&mut self, bound: u64) -> u64;
}
