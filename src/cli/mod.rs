//! Face: the command line. One file a command; holds no behaviour that another face would need.

use std::process::ExitCode;

/// Runs the command line and gives the exit code.
pub fn main() -> ExitCode {
    ExitCode::SUCCESS
}
