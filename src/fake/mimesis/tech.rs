//! `cryptographic`, `development` and `hardware`

use base64::Engine as _;

use super::super::FakeError;
use super::super::faker::{Datum, Provider, write_json};
use super::words::english;
use super::{Answer, Call, member};

pub(super) const CRYPTOGRAPHIC: &[Provider] = &[
    Provider::new("uuid", &[], |call| call.other("uuid4")),
    Provider::new("uuid_object", &[], |call| call.other("uuid4")),
    Provider::new("hash", &["algorithm"], |call| {
        let digits = match member(call, 0, "Algorithm")?.unwrap_or("sha256") {
            "md5" => 32,
            "sha1" => 40,
            "sha224" | "sha3_224" => 56,
            "sha384" | "sha3_384" => 96,
            "sha512" | "sha3_512" | "blake2b" => 128,
            _ => 64,
        };
        Ok(hex(call, digits)?.into())
    }),
    Provider::new("token_hex", &["entropy"], |call| {
        let bytes = call.count(0, 32)?;
        Ok(hex(call, bytes * 2)?.into())
    }),
    Provider::new("token_bytes", &["entropy"], |call| {
        Ok(Datum::Bytes(bytes(call, 0)?))
    }),
    Provider::new("token_urlsafe", &["entropy"], |call| {
        Ok(encoded(&bytes(call, 0)?).into())
    }),
    Provider::new("api_key", &["prefix", "length", "fmt"], |call| {
        let prefix = call.text(0)?.unwrap_or("").to_owned();
        let length = call.count(1, 32)?;
        let set: &[u8] = match call.text(2)?.unwrap_or("hex") {
            "hex" => b"0123456789abcdef",
            "base64" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
            "alphanumeric" | "alnum" => {
                b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
            }
            other => {
                return Err(FakeError::new(format!("`{other}` is no format of keys"))
                    .help("known are hex, base64 and alphanumeric"));
            }
        };
        Ok((prefix + &call.characters(set, length)?).into())
    }),
    Provider::new("certificate_fingerprint", &["algorithm"], |call| {
        let size = match call.text(0)?.unwrap_or("sha256") {
            "md5" => 16,
            "sha1" => 20,
            "sha256" => 32,
            "sha512" => 64,
            other => {
                return Err(FakeError::new(format!("`{other}` is no algorithm"))
                    .help("known are md5, sha1, sha256 and sha512"));
            }
        };
        let parts: Vec<String> = (0..size)
            .map(|_| format!("{:02X}", call.random.below(256)))
            .collect();
        Ok(parts.join(":").into())
    }),
    Provider::new("mnemonic_phrase", &[], |call| {
        let words: Vec<&str> = (0..12).map(|_| english(call)).collect();
        Ok(words.join(" ").into())
    }),
    Provider::new("jwt", &["payload", "algorithm"], jwt),
];

fn hex(call: &mut Call<'_>, digits: i64) -> Result<String, FakeError> {
    call.characters(b"0123456789abcdef", digits)
}

fn bytes(call: &mut Call<'_>, index: usize) -> Result<Vec<u8>, FakeError> {
    let mut out = vec![0; call.count(index, 32)? as usize];
    call.random.bits(&mut out);
    Ok(out)
}

fn encoded(bytes: &[u8]) -> String {
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

/// A token whose signature is random: nobody has its key.
fn jwt(call: &mut Call<'_>) -> Answer {
    let algorithm = call.text(1)?.unwrap_or("HS256").to_owned();
    let payload = match call.given(0) {
        Some(payload @ Datum::Dict(_)) => payload.clone(),
        Some(_) => return Err(call.unfit(0, "a dict")),
        None => {
            let now = call.now.and_utc().timestamp();
            let entries = [
                ("sub", call.other("uuid4")?),
                ("name", "Test User".into()),
                ("iat", Datum::Int(now)),
                ("exp", Datum::Int(now + 3600)),
            ];
            Datum::Dict(entries.map(|(key, value)| (key.to_owned(), value)).to_vec())
        }
    };
    let head = Datum::Dict(vec![
        ("alg".to_owned(), algorithm.into()),
        ("typ".to_owned(), "JWT".into()),
    ]);
    let part = |datum: &Datum| {
        let mut json = String::new();
        write_json(datum, None, 0, &mut json);
        encoded(json.as_bytes())
    };
    let mut signature = [0; 32];
    call.random.bits(&mut signature);
    Ok(format!("{}.{}.{}", part(&head), part(&payload), encoded(&signature)).into())
}

pub(super) const DEVELOPMENT: &[Provider] = &[
    Provider::new("boolean", &[], |call| Ok(Datum::Bool(call.chance(0.5)))),
    Provider::new("version", &[], |call| {
        Ok(format!(
            "{}.{}.{}",
            call.between(0, 100),
            call.between(0, 100),
            call.between(0, 100)
        )
        .into())
    }),
    Provider::new("calver", &[], |call| {
        Ok(format!(
            "{}.{}.{}",
            call.between(2016, 2026),
            call.between(1, 12),
            call.between(1, 29)
        )
        .into())
    }),
    Provider::new("stage", &[], |call| {
        call.one(&[
            "Alpha",
            "Beta",
            "RC",
            "RTM",
            "Release",
            "Stable",
            "Pre-alpha",
        ])
    }),
    Provider::new("os", &[], |call| {
        call.one(&[
            "Arch",
            "Debian",
            "Fedora",
            "FreeBSD",
            "Gentoo",
            "Linux Mint",
            "macOS",
            "OpenBSD",
            "openSUSE",
            "Solaris",
            "Ubuntu",
            "Windows 10",
            "Windows 11",
            "Windows 7",
            "Windows Server 2022",
        ])
    }),
    Provider::new("programming_language", &[], |call| {
        call.one(&[
            "Ada",
            "Assembly",
            "C",
            "C#",
            "C++",
            "Clojure",
            "COBOL",
            "D",
            "Dart",
            "Delphi",
            "Elixir",
            "Erlang",
            "F#",
            "Fortran",
            "Go",
            "Haskell",
            "Java",
            "JavaScript",
            "Julia",
            "Kotlin",
            "Lisp",
            "Lua",
            "OCaml",
            "Perl",
            "PHP",
            "Prolog",
            "Python",
            "R",
            "Ruby",
            "Rust",
            "Scala",
            "Swift",
            "TypeScript",
            "Zig",
        ])
    }),
    Provider::new("software_license", &[], |call| {
        call.one(&[
            "Apache License 2.0 (Apache-2.0)",
            "The BSD 2-Clause License",
            "The BSD 3-Clause License",
            "GNU General Public License (GPL)",
            "GNU Lesser General Public License (LGPL)",
            "MIT License (MIT)",
            "Mozilla Public License 2.0 (MPL-2.0)",
            "Common Development and Distribution License (CDDL-1.0)",
            "Eclipse Public License (EPL-1.0)",
            "ISC License",
            "The Unlicense",
        ])
    }),
    Provider::new("system_quality_attribute", &[], |call| call.one(ILITIES)),
    Provider::new("ility", &[], |call| call.one(ILITIES)),
];

const ILITIES: &[&str] = &[
    "accessibility",
    "adaptability",
    "auditability",
    "availability",
    "compatibility",
    "composability",
    "configurability",
    "credibility",
    "customizability",
    "debuggability",
    "dependability",
    "deployability",
    "durability",
    "extensibility",
    "flexibility",
    "interoperability",
    "maintainability",
    "modifiability",
    "observability",
    "operability",
    "portability",
    "predictability",
    "recoverability",
    "reliability",
    "repeatability",
    "reusability",
    "scalability",
    "stability",
    "testability",
    "traceability",
    "upgradability",
    "usability",
];

pub(super) const HARDWARE: &[Provider] = &[
    Provider::new("cpu", &[], |call| {
        call.one(&[
            "AMD Ryzen 7 7800X3D",
            "AMD Ryzen 5 5600X",
            "AMD Ryzen™ Threadripper™",
            "Intel® Core i3",
            "Intel® Core i5",
            "Intel® Core i7",
            "Intel® Core i9",
            "Intel® Xeon",
            "Apple M1",
            "Apple M2",
            "Apple M3",
        ])
    }),
    Provider::new("cpu_codename", &[], |call| {
        call.one(&[
            "Alder Lake",
            "Bear Ridge",
            "Broadwell",
            "Coffee Lake",
            "Comet Lake",
            "Haswell",
            "Ice Lake",
            "Ivytown",
            "Kaby Lake",
            "Raptor Lake",
            "Sandy Bridge",
            "Skylake",
            "Tiger Lake",
        ])
    }),
    Provider::new("cpu_frequency", &[], |call| {
        Ok(format!("{}.{}GHz", call.between(1, 4), call.between(0, 9)).into())
    }),
    Provider::new("generation", &[], |call| {
        call.one(&[
            "1st Generation",
            "2nd Generation",
            "3rd Generation",
            "4th Generation",
            "5th Generation",
            "6th Generation",
            "7th Generation",
        ])
    }),
    Provider::new("graphics", &[], |call| {
        call.one(&[
            "AMD Radeon RX 6800",
            "AMD Radeon RX 7900",
            "Intel® HD Graphics 620",
            "Intel® Iris™ Graphics 5100",
            "Intel® UHD Graphics 770",
            "NVIDIA GeForce GTX 1080",
            "NVIDIA GeForce RTX 3060",
            "NVIDIA GeForce RTX 4090",
        ])
    }),
    Provider::new("manufacturer", &[], |call| {
        call.one(&[
            "Acer",
            "Apple",
            "ASUS",
            "Dell",
            "Fujitsu",
            "Hewlett-Packard",
            "Huawei",
            "Lenovo",
            "LG",
            "Microsoft",
            "MSI",
            "Panasonic",
            "Razer",
            "Samsung",
            "Sony",
            "Toshiba",
            "Xiaomi",
        ])
    }),
    Provider::new("phone_model", &[], |call| {
        call.one(&[
            "Google Pixel 7",
            "Google Pixel 8 Pro",
            "HTC One M9",
            "Huawei P30",
            "iPhone 12",
            "iPhone 13 Mini",
            "iPhone 14 Pro Max",
            "iPhone 15",
            "Nokia 3310",
            "OnePlus 11",
            "Samsung Galaxy S22",
            "Samsung Galaxy S23 Ultra",
            "Sony Xperia 5",
            "Xiaomi Mi 11",
        ])
    }),
    Provider::new("ram_size", &[], |call| {
        call.one(&["4GB", "6GB", "8GB", "16GB", "32GB", "64GB", "128GB"])
    }),
    Provider::new("ram_type", &[], |call| {
        call.one(&["SDRAM", "DDR2", "DDR3", "DDR4", "DDR5"])
    }),
    Provider::new("resolution", &[], |call| {
        call.one(&[
            "1280x720",
            "1365x768",
            "1366x768",
            "1440x900",
            "1600x900",
            "1680x1050",
            "1920x1080",
            "1920x1200",
            "2560x1440",
            "3440x1440",
            "3840x2160",
        ])
    }),
    Provider::new("screen_size", &[], |call| {
        call.one(&[
            "13″", "13.3″", "14″", "15.6″", "17.3″", "21.5″", "24″", "27″", "32″", "34″",
        ])
    }),
    Provider::new("ssd_or_hdd", &[], |call| {
        call.one(&[
            "Crucial 500GB SSD",
            "Kingston 240GB SSD",
            "Samsung 64GB SSD",
            "Samsung 1TB SSD",
            "Seagate 2TB HDD",
            "Toshiba 1TB HDD",
            "Western Digital 4TB HDD",
        ])
    }),
];
