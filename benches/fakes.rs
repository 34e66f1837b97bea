//! Lines of fake data a second, beside the Python library's in the same run.
//!
//! ```text
//! cargo bench --bench fakes
//! EVTUI_REFERENCE_PYTHON=path/to/python cargo bench --bench fakes
//! ```
//!
//! A line is a name, a mail address, an IPv4 address, a domain and a user agent. The Python must have
//! `faker`; without the variable that part says so and is left out. Formatting and a template are not
//! measured here on either side: what is compared are the providers.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]

use std::process::Command;
use std::time::Instant;

use chrono::NaiveDateTime;
use evtui::fake::Fast;
use evtui::fake::faker::{Locale, Provider, provider};

const LINE: [&str; 5] = ["name", "email", "ipv4", "domain_name", "user_agent"];

fn main() {
    let locales = ["en_US", "de_DE", "ru_RU", "ja_JP"];
    let own: Vec<f64> = locales.map(|locale| lines(locale, 300_000)).to_vec();
    let Some(python) = std::env::var_os("EVTUI_REFERENCE_PYTHON") else {
        for (locale, own) in locales.iter().zip(own) {
            println!("{locale}: {:.2} M lines/s", own / 1e6);
        }
        println!("reference: not run, EVTUI_REFERENCE_PYTHON is not set");
        return;
    };
    for (locale, own) in locales.iter().zip(own) {
        let theirs = reference(&python, locale);
        println!(
            "{locale}: {:.2} M lines/s, the reference {theirs:.0}: {:.0} times",
            own / 1e6,
            own / theirs
        );
    }
    for name in LINE {
        let start = Instant::now();
        let made = run(&[provider(name).unwrap()], "en_US", 300_000);
        println!(
            "{name}: {:.0} ns",
            start.elapsed().as_secs_f64() * 1e9 / 300_000.0
        );
        assert!(made > 0);
    }
}

/// Makes `count` lines and gives the bytes made, so that nothing is optimised away.
fn run(providers: &[&'static Provider], locale: &str, count: usize) -> usize {
    let locale = Locale::faker(locale).unwrap();
    let mut random = Fast::seeded(1);
    let now = NaiveDateTime::default();
    let mut made = 0;
    for _ in 0..count {
        for provider in providers {
            let answer = provider.call(&mut random, locale, &[], now).unwrap();
            made += answer.as_text().map_or(0, str::len);
        }
    }
    made
}

fn lines(locale: &str, count: usize) -> f64 {
    let providers = LINE.map(|name| provider(name).unwrap());
    run(&providers, locale, count / 10);
    let start = Instant::now();
    assert!(run(&providers, locale, count) > 0);
    count as f64 / start.elapsed().as_secs_f64()
}

fn reference(python: &std::ffi::OsStr, locale: &str) -> f64 {
    let script = format!(
        "import time\nfrom faker import Faker\nf = Faker('{locale}')\n\
         def line():\n return f.name(), f.email(), f.ipv4(), f.domain_name(), f.user_agent()\n\
         for _ in range(200): line()\nn = 3000\ns = time.perf_counter()\n\
         for _ in range(n): line()\nprint(n / (time.perf_counter() - s))\n"
    );
    let output = Command::new(python).args(["-c", &script]).output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout)
        .unwrap()
        .trim()
        .parse()
        .unwrap()
}
