//! The suites of the instance once more, over a socket: whoever uses one need not know which it is.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(
    clippy::duplicate_mod,
    reason = "both suites bring the way to their instance"
)]

#[path = "instance.rs"]
mod one;

#[path = "instance_list.rs"]
mod list;
