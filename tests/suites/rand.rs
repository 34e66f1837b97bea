//! The primitives of `module.rand` on the production stream against the recorded distributions.

use std::collections::BTreeMap;

use evtui::fake::rand::{self, network, number, text, weights};
use evtui::fake::{Fast, Random};
use serde_json::Value;

const DRAWS: usize = 50_000;

type Number = fn(&mut Fast) -> f64;
type Choice = fn(&mut Fast) -> String;

fn numbers() -> Vec<(&'static str, Number)> {
    vec![
        ("number.floating(-1.5,3.5)", |r| {
            number::floating(r, -1.5, 3.5)
        }),
        ("number.gauss(50,10)", |r| number::gauss(r, 50.0, 10.0)),
        ("number.lognormal(3,1)", |r| number::lognormal(r, 3.0, 1.0)),
        ("number.exponential(0.5)", |r| {
            number::exponential(r, 0.5).unwrap()
        }),
        ("number.pareto(3,xmin=100)", |r| {
            number::pareto(r, 3.0, 100.0).unwrap()
        }),
        ("number.triangular(15,35,22)", |r| {
            number::triangular(r, 15.0, 35.0, 22.0)
        }),
        (
            "datetime.timestamp one-hour range, seconds from start",
            |r| rand::duration(r, 3_600_000_000) as f64 / 1e6,
        ),
    ]
}

fn choices() -> Vec<(&'static str, Choice)> {
    vec![
        ("number.integer(1,6)", |r| {
            number::integer(r, 1, 6).unwrap().to_string()
        }),
        ("number.integer(-2,2)", |r| {
            number::integer(r, -2, 2).unwrap().to_string()
        }),
        ("chance(0.05)", |r| {
            if rand::chance(r, 0.05) {
                "True"
            } else {
                "False"
            }
            .to_owned()
        }),
        ("weighted_choice([a,b,c],[70,20,10])", |r| {
            let at = weights::pick(r, [70.0, 20.0, 10.0].into_iter()).unwrap();
            ["a", "b", "c"][at].to_owned()
        }),
        ("choice(range(5))", |r| {
            rand::index(r, 5).unwrap().to_string()
        }),
        ("shuffle(abc)", |r| {
            let mut letters = ['a', 'b', 'c'];
            rand::shuffle(r, &mut letters);
            letters.iter().collect()
        }),
        ("network.ip_v4_private range index", |r| {
            let address = ascii(|out| network::ip_v4_private(r, out));
            let index = ["10.", "172.", "192."]
                .iter()
                .position(|start| address.starts_with(start));
            index.unwrap().to_string()
        }),
        ("network.ip_v4_in_subnet(10.0.0.0/29)", |r| {
            subnet(r, "10.0.0.0/29")
        }),
        ("network.ip_v4_in_subnet(10.0.0.0/31)", |r| {
            subnet(r, "10.0.0.0/31")
        }),
        ("network.ip_v4_in_subnet(10.0.0.77/30)", |r| {
            subnet(r, "10.0.0.77/30")
        }),
        ("network.mac(vendor=vmware) prefix", |r| {
            let oui = network::vendor_oui(r, "vmware").unwrap();
            ascii(|out| network::mac(r, Some(oui), out))[..8].to_owned()
        }),
        ("string.pattern(%n)", |r| {
            ascii(|out| text::pattern(r, "%n", out).unwrap())
        }),
    ]
}

fn ascii(fill: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut out = Vec::new();
    fill(&mut out);
    String::from_utf8(out).unwrap()
}

fn subnet(random: &mut Fast, cidr: &str) -> String {
    ascii(|out| network::ip_v4_in_subnet(random, cidr, out).unwrap())
}

fn recorded() -> Value {
    super::decisions::load("events/rand_data.json")["stats"].take()
}

#[test]
fn numbers_have_the_recorded_mean_and_quantiles() {
    let recorded = recorded();
    for (name, draw) in numbers() {
        let expected = &recorded[name];
        let mut random = Fast::seeded(12_345);
        let mut drawn: Vec<f64> = (0..DRAWS).map(|_| draw(&mut random)).collect();
        drawn.sort_by(f64::total_cmp);
        let mean = drawn.iter().sum::<f64>() / DRAWS as f64;
        let error = expected["stdev"].as_f64().unwrap() * (1.0 / DRAWS as f64 + 1e-5).sqrt();
        let theirs = expected["mean"].as_f64().unwrap();
        assert!(
            (mean - theirs).abs() < 4.0 * error,
            "{name}: mean {mean}, recorded {theirs}"
        );
        for (share, value) in expected["quantiles"].as_object().unwrap() {
            let (share, value) = (share.parse::<f64>().unwrap(), value.as_f64().unwrap());
            let below = drawn.partition_point(|&one| one < value) as f64 / DRAWS as f64;
            let error = (share * (1.0 - share) * (1.0 / DRAWS as f64 + 1e-5)).sqrt();
            assert!(
                (below - share).abs() < 4.0 * error,
                "{name}: {below} lie below {value}, not {share}"
            );
        }
    }
}

#[test]
fn choices_have_the_recorded_frequencies() {
    let recorded = recorded();
    for (name, draw) in choices() {
        let mut random = Fast::seeded(54_321);
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for _ in 0..DRAWS {
            *counts.entry(draw(&mut random)).or_default() += 1;
        }
        let expected = recorded[name]["freq"]
            .as_object()
            .unwrap_or_else(|| panic!("{name}"));
        let names: Vec<&String> = expected.keys().collect();
        assert_eq!(counts.keys().collect::<Vec<_>>(), names, "{name}");
        for (value, share) in expected {
            let share = share.as_f64().unwrap();
            let ours = counts[value] as f64 / DRAWS as f64;
            let error = (share * (1.0 - share) * (1.0 / DRAWS as f64 + 1e-5)).sqrt();
            assert!(
                (ours - share).abs() < 4.5 * error,
                "{name}: {value} {ours}, recorded {share}"
            );
        }
    }
}

#[test]
fn the_stream_is_a_random_stream_for_generic_code() {
    fn first(random: &mut dyn Random) -> u64 {
        random.below(u64::MAX)
    }
    assert_eq!(first(&mut Fast::seeded(1)), first(&mut Fast::seeded(1)));
}
