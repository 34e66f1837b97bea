//! The declared minimum Rust version holds for every dependency that is built into the program.
//!
//! Our own code is held to it by the lint `clippy::incompatible_msrv`, which CI denies.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::process::Command;

use serde_json::Value;

fn version(text: &str) -> Vec<u32> {
    let mut parts: Vec<u32> = text.split('.').map(|part| part.parse().unwrap()).collect();
    parts.resize(3, 0);
    parts
}

#[test]
fn no_dependency_asks_for_a_newer_rust() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let ours = packages.iter().find(|one| one["name"] == "evtui").unwrap();
    let declared = version(ours["rust_version"].as_str().unwrap());
    let newer: Vec<String> = packages
        .iter()
        .filter_map(|one| {
            let asked = one["rust_version"].as_str()?;
            (version(asked) > declared)
                .then(|| format!("{} {} asks for {asked}", one["name"], one["version"]))
        })
        .collect();
    assert!(packages.len() > 50, "the metadata looks incomplete");
    assert!(newer.is_empty(), "{}", newer.join("\n"));
}
