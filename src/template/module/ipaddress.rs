//! `ipaddress`: addresses and networks.

use std::cmp::Ordering;
use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::rc::Rc;

use num_bigint::BigInt;
use num_traits::ToPrimitive;

use super::{Members, missing};
use crate::template::object::no_attribute;
use crate::template::ops::{self, BinaryOp};
use crate::template::{Args, Ctx, Error, Object, Value, ValueIter, vm};

pub(super) fn members() -> Members {
    super::functions(&[
        ("ip_address", |_, args| address("ip_address", args)),
        ("IPv4Address", |_, args| address("IPv4Address", args)),
        ("IPv6Address", |_, args| address("IPv6Address", args)),
        ("ip_network", |_, args| network("ip_network", args)),
        ("IPv4Network", |_, args| network("IPv4Network", args)),
        ("IPv6Network", |_, args| network("IPv6Network", args)),
    ])
}

fn invalid(function: &str, value: &Value) -> Error {
    let what = if function.ends_with("etwork") {
        "network"
    } else {
        "address"
    };
    Error::value_error(format!("{} is not an IP {what}", value.repr()))
}

fn address(function: &str, args: &Args<'_>) -> Result<Value, Error> {
    let [value] = args.bind(function, ["address"], 1)?;
    let value = value.unwrap_or(missing());
    if let Some(known) = value.downcast::<Address>() {
        return Ok(Value::object(*known));
    }
    let parsed = match (value.as_str(), ops::to_big(value).and_then(|n| n.to_u128())) {
        (Some(text), _) => text.parse().ok().map(Address::of),
        (None, Some(number)) => {
            let six = function == "IPv6Address" || number > u128::from(u32::MAX);
            Some(Address { number, six })
        }
        _ => None,
    };
    let fits = |it: &Address| match function {
        "IPv4Address" => !it.six,
        "IPv6Address" => it.six,
        _ => true,
    };
    let parsed = parsed
        .filter(fits)
        .ok_or_else(|| invalid(function, value))?;
    Ok(Value::object(parsed))
}

fn network(function: &str, args: &Args<'_>) -> Result<Value, Error> {
    let [value, strict] = args.bind(function, ["address", "strict"], 1)?;
    let value = value.unwrap_or(missing());
    let wrong = || invalid(function, value);
    let text = value.text();
    let (base, prefix) = match text.as_str().split_once('/') {
        Some((base, prefix)) => (base, Some(prefix)),
        None => (text.as_str(), None),
    };
    let base = Address::of(base.parse().map_err(|_| wrong())?);
    if base.six && function == "IPv4Network" || !base.six && function == "IPv6Network" {
        return Err(wrong());
    }
    let bits = base.bits();
    let prefix = match prefix {
        None => bits,
        Some(digits) => match digits.parse::<u32>() {
            Ok(prefix) if prefix <= bits => prefix,
            _ => mask_length(digits)
                .filter(|_| !base.six)
                .ok_or_else(wrong)?,
        },
    };
    let made = Network {
        base: Address {
            number: base.number & mask(bits, prefix),
            six: base.six,
        },
        prefix,
    };
    if made.base.number != base.number && strict.is_none_or(Value::truth) {
        return Err(
            Error::value_error(format!("{text} has host bits set")).help(format!(
                "the network is {}, or give strict=false",
                made.show()
            )),
        );
    }
    Ok(Value::object(made))
}

/// The length of a mask such as `255.255.255.0`.
fn mask_length(text: &str) -> Option<u32> {
    let mask = u32::from(text.parse::<Ipv4Addr>().ok()?);
    (mask.leading_ones() + mask.trailing_zeros() == 32).then(|| mask.leading_ones())
}

/// A mask of `prefix` ones out of `bits`.
fn mask(bits: u32, prefix: u32) -> u128 {
    let all = if bits == 128 {
        u128::MAX
    } else {
        u128::from(u32::MAX)
    };
    all & !(all.checked_shr(prefix).unwrap_or(0))
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Address {
    number: u128,
    six: bool,
}

impl Address {
    fn of(ip: IpAddr) -> Self {
        match ip {
            IpAddr::V4(ip) => Self {
                number: u128::from(u32::from(ip)),
                six: false,
            },
            IpAddr::V6(ip) => Self {
                number: u128::from(ip),
                six: true,
            },
        }
    }

    fn ip(self) -> IpAddr {
        if self.six {
            return IpAddr::V6(Ipv6Addr::from(self.number));
        }
        IpAddr::V4(Ipv4Addr::from(u32::try_from(self.number).unwrap_or(0)))
    }

    fn bits(self) -> u32 {
        if self.six { 128 } else { 32 }
    }

    /// Moved by a number of addresses.
    fn moved(self, by: &BigInt) -> Result<Value, Error> {
        let number = (BigInt::from(self.number) + by).to_u128();
        let most = mask(self.bits(), self.bits());
        let number = number.filter(|number| *number <= most);
        let number = number.ok_or_else(|| Error::value_error("the address is out of range"))?;
        Ok(Value::object(Self { number, ..self }))
    }

    fn within(self, networks: &[(&str, u32)]) -> bool {
        networks.iter().any(|(base, prefix)| {
            let base = base.parse().map(Self::of);
            base.is_ok_and(|base| {
                let mask = mask(self.bits(), *prefix);
                base.six == self.six && base.number & mask == self.number & mask
            })
        })
    }

    fn is_private(self) -> bool {
        self.within(&[
            ("0.0.0.0", 8),
            ("10.0.0.0", 8),
            ("127.0.0.0", 8),
            ("169.254.0.0", 16),
            ("172.16.0.0", 12),
            ("192.0.0.0", 24),
            ("192.0.2.0", 24),
            ("192.168.0.0", 16),
            ("198.18.0.0", 15),
            ("198.51.100.0", 24),
            ("203.0.113.0", 24),
            ("240.0.0.0", 4),
            ("::1", 128),
            ("::", 128),
            ("2001:db8::", 32),
            ("fc00::", 7),
            ("fe80::", 10),
        ]) && !self.within(&[("192.0.0.9", 32), ("192.0.0.10", 32)])
    }

    fn exploded(self) -> String {
        match self.ip() {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => {
                if let Some(four) = ip.to_ipv4_mapped() {
                    return format!("0000:0000:0000:0000:0000:ffff:{four}");
                }
                let parts = ip.segments().map(|part| format!("{part:04x}"));
                parts.join(":")
            }
        }
    }
}

/// Networks that are kept for later use.
const RESERVED: [(&str, u32); 16] = [
    ("240.0.0.0", 4),
    ("::", 8),
    ("100::", 8),
    ("200::", 7),
    ("400::", 6),
    ("800::", 5),
    ("1000::", 4),
    ("4000::", 3),
    ("6000::", 3),
    ("8000::", 3),
    ("a000::", 3),
    ("c000::", 3),
    ("e000::", 4),
    ("f000::", 5),
    ("f800::", 6),
    ("fe00::", 9),
];

impl Address {
    /// The name that the reverse lookup asks for.
    fn reverse_pointer(self) -> String {
        match self.ip() {
            IpAddr::V4(ip) => {
                let [a, b, c, d] = ip.octets();
                format!("{d}.{c}.{b}.{a}.in-addr.arpa")
            }
            IpAddr::V6(_) => {
                let digits = format!("{:032x}", self.number);
                let mut name = String::new();
                for digit in digits.chars().rev() {
                    name.push(digit);
                    name.push('.');
                }
                name + "ip6.arpa"
            }
        }
    }
}

const ADDRESS: [&str; 14] = [
    "version",
    "packed",
    "compressed",
    "exploded",
    "is_private",
    "is_global",
    "is_loopback",
    "is_multicast",
    "is_link_local",
    "is_reserved",
    "is_unspecified",
    "max_prefixlen",
    "reverse_pointer",
    "ipv4_mapped",
];

impl Object for Address {
    fn type_name(&self) -> &str {
        if self.six {
            "IPv6Address"
        } else {
            "IPv4Address"
        }
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        let ip = self.ip();
        Some(match name {
            "version" => Value::Int(if self.six { 6 } else { 4 }),
            "max_prefixlen" => Value::from(self.bits()),
            "packed" => Value::Bytes(match ip {
                IpAddr::V4(ip) => ip.octets().to_vec().into(),
                IpAddr::V6(ip) => ip.octets().to_vec().into(),
            }),
            "compressed" => Value::from(ip.to_string()),
            "exploded" => Value::from(self.exploded()),
            "is_private" => Value::Bool(self.is_private()),
            "is_global" => {
                let shared = self.within(&[("100.64.0.0", 10)]);
                Value::Bool(!self.is_private() && !shared)
            }
            "is_loopback" => Value::Bool(ip.is_loopback()),
            "is_multicast" => Value::Bool(ip.is_multicast()),
            "is_unspecified" => Value::Bool(ip.is_unspecified()),
            "is_link_local" => Value::Bool(self.within(&[("169.254.0.0", 16), ("fe80::", 10)])),
            "is_reserved" => Value::Bool(self.within(&RESERVED)),
            "is_site_local" if self.six => Value::Bool(self.within(&[("fec0::", 10)])),
            "reverse_pointer" => Value::from(self.reverse_pointer()),
            "ipv4_mapped" => match ip {
                IpAddr::V4(_) => Value::None,
                IpAddr::V6(ip) => ip.to_ipv4_mapped().map_or(Value::None, |four| {
                    Value::object(Self::of(IpAddr::V4(four)))
                }),
            },
            _ => return None,
        })
    }

    fn equals(&self, other: &Value) -> bool {
        other.downcast::<Self>() == Some(self)
    }

    fn compare(&self, other: &Value) -> Option<Ordering> {
        let other = other.downcast::<Self>()?;
        (other.six == self.six).then(|| self.number.cmp(&other.number))
    }

    fn hash(&self) -> Option<u64> {
        Value::big(BigInt::from(self.number)).hash_code().ok()
    }

    fn binary(&self, op: BinaryOp, other: &Value, reflected: bool) -> Option<Result<Value, Error>> {
        let by = ops::to_big(other).filter(|_| !reflected)?;
        match op {
            BinaryOp::Add => Some(self.moved(&by)),
            BinaryOp::Sub => Some(self.moved(&-by)),
            _ => None,
        }
    }

    fn text(&self, out: &mut dyn Write) -> std::fmt::Result {
        write!(out, "{}", self.ip())
    }

    fn repr(&self, out: &mut dyn Write) -> std::fmt::Result {
        write!(out, "{}('{}')", self.type_name(), self.ip())
    }

    fn names(&self) -> Vec<String> {
        ADDRESS.iter().map(|name| (*name).to_owned()).collect()
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Network {
    base: Address,
    prefix: u32,
}

impl Network {
    fn show(self) -> String {
        format!("{}/{}", self.base.ip(), self.prefix)
    }

    fn mask(self) -> u128 {
        mask(self.base.bits(), self.prefix)
    }

    fn last(self) -> u128 {
        self.base.number | (mask(self.base.bits(), self.base.bits()) & !self.mask())
    }

    fn at(self, number: u128) -> Value {
        Value::object(Address {
            number,
            six: self.base.six,
        })
    }

    fn size(self) -> BigInt {
        BigInt::from(self.last() - self.base.number) + 1
    }

    /// `subnets` and `supernet`.
    fn resized(self, ctx: &Ctx<'_>, name: &str, args: &Args<'_>) -> Result<Value, Error> {
        let [by, prefix] = args.bind(name, ["prefixlen_diff", "new_prefix"], 0)?;
        let by = by.map_or(Ok(1), |by| super::int_of(name, Some(by)))?;
        let own = i64::from(self.prefix);
        let wanted = match (prefix, name) {
            (Some(prefix), _) => super::int_of(name, Some(prefix))?,
            (None, "subnets") if self.prefix == self.base.bits() => own,
            (None, "subnets") => own.saturating_add(by),
            (None, _) => own.saturating_sub(by),
        };
        let fits = match name {
            "subnets" => wanted >= own && wanted <= i64::from(self.base.bits()),
            _ => wanted <= own && wanted >= 0,
        };
        let prefix = u32::try_from(wanted).ok().filter(|_| fits).ok_or_else(|| {
            Error::value_error(format!("{name}(): {} has none of /{wanted}", self.show()))
        })?;
        if name == "supernet" {
            let number = self.base.number & mask(self.base.bits(), prefix);
            let base = Address {
                number,
                ..self.base
            };
            return Ok(Value::object(Self { base, prefix }));
        }
        let count = 1_usize.checked_shl(prefix - self.prefix).unwrap_or(0);
        ctx.check_size(if count == 0 {
            usize::MAX
        } else {
            count.saturating_mul(16)
        })?;
        let step = 1_u128.checked_shl(self.base.bits() - prefix).unwrap_or(0);
        let nets = (0..count).map(|at| {
            let number = self.base.number + step * at as u128;
            let base = Address {
                number,
                ..self.base
            };
            Value::object(Self { base, prefix })
        });
        Ok(vm::OneShot::value("generator", nets.collect()))
    }

    fn holds(self, address: Address) -> bool {
        address.six == self.base.six && address.number & self.mask() == self.base.number
    }
}

const NETWORK: [&str; 7] = [
    "network_address",
    "broadcast_address",
    "netmask",
    "prefixlen",
    "num_addresses",
    "hosts",
    "version",
];

impl Object for Network {
    fn type_name(&self) -> &str {
        if self.base.six {
            "IPv6Network"
        } else {
            "IPv4Network"
        }
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        Some(match name {
            "network_address" => Value::object(self.base),
            "broadcast_address" => self.at(self.last()),
            "netmask" => self.at(self.mask()),
            "hostmask" => self.at(self.last() ^ self.base.number),
            "prefixlen" => Value::from(self.prefix),
            "num_addresses" => Value::big(self.size()),
            "with_prefixlen" | "compressed" => Value::from(self.show()),
            "is_private" => {
                let last = Address {
                    number: self.last(),
                    ..self.base
                };
                Value::Bool(self.base.is_private() && last.is_private())
            }
            "is_global" => {
                let last = Address {
                    number: self.last(),
                    ..self.base
                };
                let shared = [self.base, last].map(|end| end.within(&[("100.64.0.0", 10)]));
                let private = self.base.is_private() && last.is_private();
                Value::Bool(shared != [true, true] && !private)
            }
            "is_loopback" | "is_multicast" | "is_link_local" | "is_reserved" | "is_unspecified"
            | "is_site_local" => {
                let last = Address {
                    number: self.last(),
                    ..self.base
                };
                let both = self.base.get_attr(name)?.truth() && last.get_attr(name)?.truth();
                Value::Bool(both)
            }
            "exploded" => Value::from(format!("{}/{}", self.base.exploded(), self.prefix)),
            "with_netmask" | "with_hostmask" => {
                let mask = match name {
                    "with_netmask" => self.mask(),
                    _ => self.last() ^ self.base.number,
                };
                Value::from(format!("{}/{}", self.base.ip(), self.at(mask).text()))
            }
            "max_prefixlen" => self.base.get_attr(name)?,
            "version" => self.base.get_attr("version")?,
            _ => return None,
        })
    }

    fn get_item(&self, key: &Value) -> Result<Option<Value>, Error> {
        let Some(at) = ops::to_big(key) else {
            return Ok(None);
        };
        let at = if at < BigInt::from(0) {
            at + self.size()
        } else {
            at
        };
        let inside = at >= BigInt::from(0) && at < self.size();
        let number = (BigInt::from(self.base.number) + at).to_u128();
        Ok(number.filter(|_| inside).map(|number| self.at(number)))
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(
            name,
            "hosts" | "subnet_of" | "supernet_of" | "overlaps" | "subnets" | "supernet"
        )
    }

    fn call_method(
        self: Rc<Self>,
        ctx: &mut Ctx<'_>,
        name: &str,
        args: &Args<'_>,
    ) -> Result<Value, Error> {
        if name == "hosts" {
            args.none("hosts")?;
            let mut range = (self.base.number, self.last());
            if self.prefix + 1 < self.base.bits() {
                range.0 += 1;
                range.1 -= u128::from(!self.base.six);
            }
            return Ok(Value::object(Hosts {
                network: *self,
                range,
            }));
        }
        if matches!(name, "subnets" | "supernet") {
            return self.resized(ctx, name, args);
        }
        if !self.has_method(name) {
            return Err(no_attribute(self.type_name(), name).suggest(name, NETWORK));
        }
        let [other] = args.bind_positional::<1>(name, 1)?;
        let Some(other) = other.unwrap_or(missing()).downcast::<Self>() else {
            return Err(Error::type_error(format!("{name}() takes a network")));
        };
        let inside = other.prefix <= self.prefix && other.holds(self.base);
        let around = self.prefix <= other.prefix && self.holds(other.base);
        Ok(Value::Bool(match name {
            "subnet_of" => inside,
            "supernet_of" => around,
            _ => inside || around,
        }))
    }

    fn iterate(self: Rc<Self>) -> Option<Box<dyn ValueIter>> {
        let range = (self.base.number, self.last());
        Some(Box::new(Addresses {
            network: *self,
            next: Some(range.0),
            last: range.1,
        }))
    }

    fn contains(&self, item: &Value) -> Result<Option<bool>, Error> {
        let address = item.downcast::<Address>();
        Ok(Some(address.is_some_and(|address| self.holds(*address))))
    }

    fn equals(&self, other: &Value) -> bool {
        other.downcast::<Self>() == Some(self)
    }

    fn hash(&self) -> Option<u64> {
        Value::from(self.show()).hash_code().ok()
    }

    fn text(&self, out: &mut dyn Write) -> std::fmt::Result {
        out.write_str(&self.show())
    }

    fn repr(&self, out: &mut dyn Write) -> std::fmt::Result {
        write!(out, "{}('{}')", self.type_name(), self.show())
    }

    fn names(&self) -> Vec<String> {
        NETWORK.iter().map(|name| (*name).to_owned()).collect()
    }
}

/// The addresses of a network that a host can have.
struct Hosts {
    network: Network,
    range: (u128, u128),
}

impl Object for Hosts {
    fn type_name(&self) -> &str {
        "generator"
    }

    fn iterate(self: Rc<Self>) -> Option<Box<dyn ValueIter>> {
        let (first, last) = self.range;
        Some(Box::new(Addresses {
            network: self.network,
            next: (first <= last).then_some(first),
            last,
        }))
    }
}

struct Addresses {
    network: Network,
    next: Option<u128>,
    last: u128,
}

impl ValueIter for Addresses {
    fn next(&mut self, _: &mut Ctx<'_>) -> Result<Option<Value>, Error> {
        let Some(number) = self.next else {
            return Ok(None);
        };
        self.next = number.checked_add(1).filter(|next| *next <= self.last);
        Ok(Some(self.network.at(number)))
    }
}
