//! Random streams and fake-data providers. Plain Rust types in and out: knows nothing of templates.

mod random;

pub use random::Random;
