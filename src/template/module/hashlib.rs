//! `hashlib`

use std::cell::RefCell;
use std::fmt::Write;
use std::rc::Rc;

use md5::{Digest, Md5};
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};

use super::{Members, bytes_arg, text_of};
use crate::template::object::no_attribute;
use crate::template::{Args, Ctx, Error, Function, Object, Value};

/// Name, digest in bytes, block in bytes, function.
struct Algorithm {
    name: &'static str,
    size: i64,
    block: i64,
    digest: fn(&[u8]) -> Vec<u8>,
}

const ALGORITHMS: &[Algorithm] = &[
    Algorithm {
        name: "md5",
        size: 16,
        block: 64,
        digest: |data| Md5::digest(data).to_vec(),
    },
    Algorithm {
        name: "sha1",
        size: 20,
        block: 64,
        digest: |data| Sha1::digest(data).to_vec(),
    },
    Algorithm {
        name: "sha224",
        size: 28,
        block: 64,
        digest: |data| Sha224::digest(data).to_vec(),
    },
    Algorithm {
        name: "sha256",
        size: 32,
        block: 64,
        digest: |data| Sha256::digest(data).to_vec(),
    },
    Algorithm {
        name: "sha384",
        size: 48,
        block: 128,
        digest: |data| Sha384::digest(data).to_vec(),
    },
    Algorithm {
        name: "sha512",
        size: 64,
        block: 128,
        digest: |data| Sha512::digest(data).to_vec(),
    },
];

pub(super) fn members() -> Members {
    let each = ALGORITHMS.iter().map(|algorithm| {
        let start = move |_: &mut Ctx<'_>, args: &Args<'_>| {
            let [data, _] = args.bind(algorithm.name, ["string", "usedforsecurity"], 0)?;
            start(algorithm, data)
        };
        (algorithm.name, Function::borrowing(algorithm.name, start))
    });
    let mut members: Members = each.collect();
    members.push(("new", Function::borrowing("new", new)));
    members
}

fn new(_: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [name, data, _] = args.bind("new", ["name", "data", "usedforsecurity"], 1)?;
    let name = text_of("new", name)?;
    let lower = name.to_ascii_lowercase();
    match ALGORITHMS.iter().find(|algorithm| algorithm.name == lower) {
        Some(algorithm) => start(algorithm, data),
        None => Err(
            Error::value_error(format!("unsupported hash type '{name}'"))
                .suggest(&lower, ALGORITHMS.iter().map(|algorithm| algorithm.name)),
        ),
    }
}

fn start(algorithm: &'static Algorithm, data: Option<&Value>) -> Result<Value, Error> {
    let data = match data {
        Some(data) => bytes_arg(algorithm.name, Some(data))?.to_vec(),
        None => Vec::new(),
    };
    Ok(Value::object(Hash {
        algorithm,
        data: RefCell::new(data),
    }))
}

fn hex_digit(value: u8) -> char {
    char::from_digit(u32::from(value), 16).unwrap_or('0')
}

/// A hash in the making. The data is kept until the digest is asked for.
struct Hash {
    algorithm: &'static Algorithm,
    data: RefCell<Vec<u8>>,
}

const METHODS: [&str; 4] = ["update", "digest", "hexdigest", "copy"];

impl Object for Hash {
    fn type_name(&self) -> &str {
        "HASH"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        match name {
            "name" => Some(Value::from(self.algorithm.name)),
            "digest_size" => Some(Value::Int(self.algorithm.size)),
            "block_size" => Some(Value::Int(self.algorithm.block)),
            _ => None,
        }
    }

    fn has_method(&self, name: &str) -> bool {
        METHODS.contains(&name)
    }

    fn call_method(
        self: Rc<Self>,
        ctx: &mut Ctx<'_>,
        name: &str,
        args: &Args<'_>,
    ) -> Result<Value, Error> {
        if name == "update" {
            let [data] = args.bind_positional::<1>("update", 1)?;
            let data = bytes_arg("update", data)?;
            ctx.check_size(self.data.borrow().len().saturating_add(data.len()))?;
            self.data.borrow_mut().extend_from_slice(data);
            return Ok(Value::None);
        }
        args.none(name)?;
        let data = self.data.borrow();
        let digest = || (self.algorithm.digest)(&data);
        match name {
            "digest" => Ok(Value::Bytes(digest().into())),
            "hexdigest" => {
                let mut text = String::with_capacity(128);
                for byte in digest() {
                    text.push(hex_digit(byte >> 4));
                    text.push(hex_digit(byte & 15));
                }
                Ok(Value::from(text))
            }
            "copy" => Ok(Value::object(Self {
                algorithm: self.algorithm,
                data: RefCell::new(data.clone()),
            })),
            _ => Err(no_attribute("HASH", name).suggest(name, METHODS)),
        }
    }

    fn text(&self, out: &mut dyn Write) -> std::fmt::Result {
        write!(out, "<{} _hashlib.HASH object>", self.algorithm.name)
    }

    fn names(&self) -> Vec<String> {
        METHODS.iter().map(|name| (*name).to_owned()).collect()
    }
}
