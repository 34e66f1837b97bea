//! `uuid`

use std::cmp::Ordering;
use std::fmt::Write;

use md5::{Digest, Md5};
use num_bigint::BigInt;
use num_traits::ToPrimitive;
use sha1::Sha1;

use super::{Members, bytes_arg, given, missing, text_of, text_or_bytes};
use crate::fake::rand::crypto;
use crate::template::{Args, Ctx, Error, Object, Value, ops};

pub(super) fn members() -> Members {
    let mut members = super::functions(&[
        ("UUID", construct),
        ("uuid4", |ctx, args| {
            args.none("uuid4")?;
            let bytes = crypto::uuid4_bytes(ctx.random());
            Ok(Value::object(Uuid(u128::from_be_bytes(bytes))))
        }),
        ("uuid3", |_, args| named("uuid3", args, 3)),
        ("uuid5", |_, args| named("uuid5", args, 5)),
    ]);
    for (name, last) in [
        ("NAMESPACE_DNS", 0),
        ("NAMESPACE_URL", 1),
        ("NAMESPACE_OID", 2),
        ("NAMESPACE_X500", 4),
    ] {
        let base = 0x6ba7_b810_9dad_11d1_80b4_00c0_4fd4_30c8_u128;
        members.push((name, Value::object(Uuid(base + (last << 96)))));
    }
    members
}

struct Uuid(u128);

fn construct(_: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let names = ["hex", "bytes", "bytes_le", "fields", "int", "version"];
    let [hex, bytes, _, _, int, version] = args.bind("UUID", names, 0)?;
    let number = match (given(hex), given(bytes), given(int)) {
        (Some(hex), None, None) => parse(text_of("UUID", Some(hex))?)?,
        (None, Some(bytes), None) => bytes_arg("UUID", Some(bytes))?
            .try_into()
            .map(u128::from_be_bytes)
            .map_err(|_| Error::value_error("UUID() takes 16 bytes"))?,
        (None, None, Some(int)) => ops::to_big(int)
            .and_then(|int| int.to_u128())
            .ok_or_else(|| Error::value_error("UUID(): int must be in 0..2**128 - 1"))?,
        _ => {
            let message = "UUID() takes one of hex, bytes and int";
            return Err(Error::type_error(message));
        }
    };
    Ok(Value::object(Uuid(match given(version) {
        None => number,
        Some(version) => match version.as_int() {
            Some(version @ 1..=8) => marked(number, u128::from(version.unsigned_abs())),
            _ => return Err(Error::value_error("UUID(): illegal version number")),
        },
    })))
}

fn parse(text: &str) -> Result<u128, Error> {
    let digits = text.replace("urn:", "").replace("uuid:", "");
    let digits = digits.trim_matches(['{', '}']).replace('-', "");
    let plain = digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    u128::from_str_radix(&digits, 16)
        .ok()
        .filter(|_| plain)
        .ok_or_else(|| Error::value_error(format!("'{text}' is not a hexadecimal UUID")))
}

/// With the bits of a version and of the standard variant.
fn marked(number: u128, version: u128) -> u128 {
    let number = number & !(0xF << 76) & !(0b11 << 62);
    number | version << 76 | 0b10 << 62
}

fn named(function: &str, args: &Args<'_>, version: u128) -> Result<Value, Error> {
    let [space, name] = args.bind(function, ["namespace", "name"], 2)?;
    let Some(space) = space.unwrap_or(missing()).downcast::<Uuid>() else {
        return Err(Error::type_error(format!(
            "{function}() takes a UUID first"
        )));
    };
    let mut data = space.0.to_be_bytes().to_vec();
    data.extend_from_slice(text_or_bytes(function, name)?);
    let digest = if version == 3 {
        Md5::digest(&data).to_vec()
    } else {
        Sha1::digest(&data).to_vec()
    };
    let mut bytes = [0; 16];
    for (slot, byte) in bytes.iter_mut().zip(digest) {
        *slot = byte;
    }
    Ok(Value::object(Uuid(marked(
        u128::from_be_bytes(bytes),
        version,
    ))))
}

/// The numbers a UUID is made of: how far from the right each is, and how many bits it has.
const FIELDS: [(&str, (u32, u32)); 6] = [
    ("time_low", (96, 32)),
    ("time_mid", (80, 16)),
    ("time_hi_version", (64, 16)),
    ("clock_seq_hi_variant", (56, 8)),
    ("clock_seq_low", (48, 8)),
    ("node", (0, 48)),
];

impl Uuid {
    fn part(&self, (shift, bits): (u32, u32)) -> Value {
        Value::Int(i64::try_from(self.0 >> shift & ((1 << bits) - 1)).unwrap_or(0))
    }

    fn canonical(&self) -> String {
        let mut text = Vec::with_capacity(36);
        crypto::uuid_text(&self.0.to_be_bytes(), &mut text);
        String::from_utf8(text).unwrap_or_default()
    }
}

const NAMES: [&str; 6] = ["hex", "int", "urn", "bytes", "version", "variant"];

impl Object for Uuid {
    fn type_name(&self) -> &str {
        "UUID"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        Some(match name {
            "hex" => Value::from(format!("{:032x}", self.0)),
            "int" => Value::big(BigInt::from(self.0)),
            "urn" => Value::from(format!("urn:uuid:{}", self.canonical())),
            "bytes" => Value::Bytes(self.0.to_be_bytes().to_vec().into()),
            "version" if self.0 >> 62 & 0b11 == 0b10 => {
                Value::Int(i64::try_from(self.0 >> 76 & 0xF).unwrap_or(0))
            }
            "version" => Value::None,
            "variant" => Value::from(match self.0 >> 61 & 0b111 {
                0..=3 => "reserved for NCS compatibility",
                4 | 5 => "specified in RFC 4122",
                6 => "reserved for Microsoft compatibility",
                _ => "reserved for future definition",
            }),
            "bytes_le" => {
                let bytes = self.0.to_be_bytes();
                let order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
                let bytes = order.iter().filter_map(|at| bytes.get(*at).copied());
                Value::Bytes(bytes.collect())
            }
            "fields" => Value::tuple(FIELDS.iter().map(|(_, part)| self.part(*part)).collect()),
            _ => self.part(FIELDS.iter().find(|(known, _)| *known == name)?.1),
        })
    }

    fn equals(&self, other: &Value) -> bool {
        let other = other.downcast::<Self>();
        other.is_some_and(|other| other.0 == self.0)
    }

    fn compare(&self, other: &Value) -> Option<Ordering> {
        Some(self.0.cmp(&other.downcast::<Self>()?.0))
    }

    fn hash(&self) -> Option<u64> {
        Value::big(BigInt::from(self.0)).hash_code().ok()
    }

    fn text(&self, out: &mut dyn Write) -> std::fmt::Result {
        out.write_str(&self.canonical())
    }

    fn repr(&self, out: &mut dyn Write) -> std::fmt::Result {
        write!(out, "UUID('{}')", self.canonical())
    }

    fn names(&self) -> Vec<String> {
        NAMES.iter().map(|name| (*name).to_owned()).collect()
    }
}
