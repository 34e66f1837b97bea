//! Addresses.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::super::{FakeError, Random};
use super::text::HEX;

const fn ip(a: u32, b: u32, c: u32, d: u32) -> u32 {
    (a << 24) | (b << 16) | (c << 8) | d
}

/// A range of IPv4 addresses, inclusive.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    first: u32,
    last: u32,
    /// Sum of the weights up to and including this range.
    cumulative: u32,
}

const fn range(first: u32, last: u32, cumulative: u32) -> Range {
    Range {
        first,
        last,
        cumulative,
    }
}

/// 10.0.0.0/8
pub const PRIVATE_A: Range = range(ip(10, 0, 0, 0), ip(10, 255, 255, 255), 5);
/// 172.16.0.0/12
pub const PRIVATE_B: Range = range(ip(172, 16, 0, 0), ip(172, 31, 255, 255), 7);
/// 192.168.0.0/16
pub const PRIVATE_C: Range = range(ip(192, 168, 0, 0), ip(192, 168, 255, 255), 12);

const PRIVATE: [Range; 3] = [PRIVATE_A, PRIVATE_B, PRIVATE_C];

const PUBLIC: [Range; 13] = [
    range(ip(1, 0, 0, 0), ip(9, 255, 255, 255), 5),
    range(ip(11, 0, 0, 0), ip(100, 63, 255, 255), 13),
    range(ip(100, 128, 0, 0), ip(126, 255, 255, 255), 19),
    range(ip(128, 0, 0, 0), ip(169, 253, 255, 255), 26),
    range(ip(169, 255, 0, 0), ip(172, 15, 255, 255), 30),
    range(ip(172, 32, 0, 0), ip(191, 255, 255, 255), 39),
    range(ip(192, 0, 1, 0), ip(192, 0, 1, 255), 42),
    range(ip(192, 0, 3, 0), ip(192, 88, 98, 255), 46),
    range(ip(192, 88, 100, 0), ip(192, 167, 255, 255), 51),
    range(ip(192, 169, 0, 0), ip(198, 17, 255, 255), 57),
    range(ip(198, 20, 0, 0), ip(198, 51, 99, 255), 61),
    range(ip(198, 51, 101, 0), ip(203, 0, 112, 255), 67),
    range(ip(203, 0, 114, 0), ip(223, 255, 255, 255), 75),
];

/// Appends any IPv4 address.
pub fn ip_v4(random: &mut (impl Random + ?Sized), out: &mut Vec<u8>) {
    v4_text(u32::from_be_bytes(random.octets()), out);
}

/// Appends an address of one range.
pub fn ip_v4_of(random: &mut (impl Random + ?Sized), range: Range, out: &mut Vec<u8>) {
    let span = u64::from(range.last - range.first) + 1;
    v4_text(range.first + random.below(span) as u32, out);
}

/// Appends an address of one of the three private ranges, weighted 5:2:5.
pub fn ip_v4_private(random: &mut (impl Random + ?Sized), out: &mut Vec<u8>) {
    weighted(random, &PRIVATE, out);
}

/// Appends an address that is routed in the internet.
pub fn ip_v4_public(random: &mut (impl Random + ?Sized), out: &mut Vec<u8>) {
    weighted(random, &PUBLIC, out);
}

fn weighted(random: &mut (impl Random + ?Sized), ranges: &[Range], out: &mut Vec<u8>) {
    let total = ranges.last().map_or(0, |range| range.cumulative);
    let point = random.unit() * f64::from(total);
    let at = ranges.partition_point(|range| f64::from(range.cumulative) <= point);
    if let Some(&range) = ranges.get(at.min(ranges.len() - 1)) {
        ip_v4_of(random, range, out);
    }
}

/// Appends a host address of a subnet (`10.0.0.0/8`, also with a netmask or host bits set).
///
/// # Errors
/// When the text is no IPv4 subnet.
pub fn ip_v4_in_subnet(
    random: &mut (impl Random + ?Sized),
    cidr: &str,
    out: &mut Vec<u8>,
) -> Result<(), FakeError> {
    let (address, prefix) = subnet(cidr)?;
    let mask = u32::MAX.checked_shl(32 - prefix).unwrap_or(0);
    let network = address & mask;
    let last = network | !mask;
    let chosen = match prefix {
        32 => network,
        31 => network + random.below(2) as u32,
        _ => network + 1 + random.below(u64::from(last - network) - 1) as u32,
    };
    v4_text(chosen, out);
    Ok(())
}

fn subnet(cidr: &str) -> Result<(u32, u32), FakeError> {
    let bad = |why: &str| {
        FakeError::new(format!("`{cidr}` is no IPv4 subnet: {why}"))
            .help("write it like 192.168.0.0/24")
    };
    let (address, mask) = cidr.split_once('/').unwrap_or((cidr, "32"));
    let address: Ipv4Addr = address
        .parse()
        .map_err(|_| bad("the address needs four numbers from 0 to 255 without leading zeros"))?;
    let all_digits = !mask.is_empty() && mask.bytes().all(|b| b.is_ascii_digit());
    let prefix = if all_digits {
        mask.parse().ok().filter(|&prefix| prefix <= 32)
    } else {
        mask.parse::<Ipv4Addr>()
            .ok()
            .and_then(|mask| prefix_of(mask.to_bits()))
    };
    let prefix = prefix.ok_or_else(|| bad("the part behind `/` is no netmask"))?;
    Ok((address.to_bits(), prefix))
}

/// The prefix length of a netmask or of a host mask.
fn prefix_of(mask: u32) -> Option<u32> {
    let ones = mask.leading_ones();
    if mask.checked_shl(ones).unwrap_or(0) == 0 {
        return Some(ones);
    }
    let zeros = mask.leading_zeros();
    (mask.trailing_ones() == 32 - zeros).then_some(zeros)
}

/// Appends an IPv6 address: the fixed first bits of a network, the rest random.
pub fn ip_v6(random: &mut (impl Random + ?Sized), network: u128, prefix: u32, out: &mut Vec<u8>) {
    let host = if prefix == 0 {
        let mut bytes = [0; 16];
        random.bits(&mut bytes);
        u128::from_be_bytes(bytes)
    } else {
        random.below_wide(1 << (128 - prefix.min(128)))
    };
    v6_text(network | host, out);
}

/// 2000::/3
pub const V6_GLOBAL: (u128, u32) = (0x2000 << 112, 3);
/// fe80::/10
pub const V6_LINK_LOCAL: (u128, u32) = (0xfe80 << 112, 10);
/// fc00::/7
pub const V6_ULA: (u128, u32) = (0xfc00 << 112, 7);

/// The decimal form of every octet with a dot behind it, and how long that is.
const OCTETS: [([u8; 4], u8); 256] = {
    let mut table = [([b'.'; 4], 0); 256];
    let mut octet = 0;
    while octet < 256 {
        let digits = [b'0' + (octet / 100) as u8, b'0' + (octet / 10 % 10) as u8];
        let last = b'0' + (octet % 10) as u8;
        table[octet] = match octet {
            0..10 => ([last, b'.', b'.', b'.'], 2),
            10..100 => ([digits[1], last, b'.', b'.'], 3),
            _ => ([digits[0], digits[1], last, b'.'], 4),
        };
        octet += 1;
    }
    table
};

fn v4_text(bits: u32, out: &mut Vec<u8>) {
    // The longest address and what the last octet overhangs.
    let mut text = [0; 16];
    let mut at = 0;
    for octet in bits.to_be_bytes() {
        let (digits, len) = &OCTETS[usize::from(octet)];
        if let Some(room) = text.get_mut(at..at + 4) {
            room.copy_from_slice(digits);
        }
        at += usize::from(*len);
    }
    out.extend_from_slice(text.get(..at - 1).unwrap_or_default());
}

/// Groups in hexadecimal, the longest run of at least two zero groups compressed. The standard
/// library writes IPv4-mapped addresses with dots, which the reference does not.
fn v6_text(bits: u128, out: &mut Vec<u8>) {
    let groups = Ipv6Addr::from_bits(bits).segments();
    let (mut best, mut best_len, mut at) = (0, 0, 0);
    while at < groups.len() {
        let len = groups[at..].iter().take_while(|&&group| group == 0).count();
        if len > best_len {
            (best, best_len) = (at, len);
        }
        at += len.max(1);
    }
    let mut index = 0;
    while index < groups.len() {
        if best_len > 1 && index == best {
            out.extend_from_slice(b"::");
            index += best_len;
            continue;
        }
        if index > 0 && !(best_len > 1 && index == best + best_len) {
            out.push(b':');
        }
        hex_number(groups[index], out);
        index += 1;
    }
}

/// Appends a number in hexadecimal without leading zeros.
fn hex_number(number: u16, out: &mut Vec<u8>) {
    let digits = [12, 8, 4, 0].map(|shift| HEX[usize::from(number >> shift & 15)]);
    let zeros = (number.leading_zeros() / 4).min(3) as usize;
    out.extend_from_slice(&digits[zeros..]);
}

/// Appends a MAC address; `oui` fixes its first half.
pub fn mac(random: &mut (impl Random + ?Sized), oui: Option<[u8; 3]>, out: &mut Vec<u8>) {
    let mut octets = [0; 6];
    let fixed = oui.map_or(0, |oui| {
        octets[..3].copy_from_slice(&oui);
        3
    });
    for octet in &mut octets[fixed..] {
        *octet = random.below(256) as u8;
    }
    let mut text = [b':'; 18];
    for (place, octet) in text.chunks_exact_mut(3).zip(octets) {
        place[0] = HEX[usize::from(octet >> 4)];
        place[1] = HEX[usize::from(octet & 15)];
    }
    out.extend_from_slice(&text[..17]);
}

/// Reads a prefix such as `00:50:56` or `00-50-56`.
///
/// # Errors
/// When it is not three octets.
pub fn parse_oui(text: &str) -> Result<[u8; 3], FakeError> {
    let bad = || {
        FakeError::new(format!("`{text}` is no OUI prefix"))
            .help("write three octets like 00:50:56")
    };
    let mut oui = [0; 3];
    let mut parts = text.split([':', '-']);
    for octet in &mut oui {
        let part = parts
            .next()
            .filter(|part| part.len() == 2)
            .ok_or_else(bad)?;
        *octet = u8::from_str_radix(part, 16).map_err(|_| bad())?;
    }
    if parts.next().is_some() {
        Err(bad())
    } else {
        Ok(oui)
    }
}

/// A prefix of a vendor; case does not matter.
///
/// # Errors
/// When the vendor is unknown.
pub fn vendor_oui(random: &mut (impl Random + ?Sized), vendor: &str) -> Result<[u8; 3], FakeError> {
    let name = vendor.to_lowercase();
    let Some((_, prefixes)) = VENDORS.iter().find(|(known, _)| *known == name) else {
        let known: Vec<&str> = VENDORS.iter().map(|(name, _)| *name).collect();
        return Err(FakeError::new(format!("unknown vendor `{vendor}`"))
            .help(format!("known are {}", known.join(", "))));
    };
    let at = random.below(prefixes.len() as u64) as usize;
    let [_, a, b, c] = prefixes.get(at).copied().unwrap_or(0).to_be_bytes();
    Ok([a, b, c])
}

const VENDORS: &[(&str, &[u32])] = &[
    (
        "apple",
        &[0x00_0393, 0x00_1ff3, 0x04_0cce, 0x6c_96cf, 0xf0_b479],
    ),
    ("aruba", &[0x00_0b86, 0x00_1a1e, 0x20_4c03, 0x94_b40f]),
    ("broadcom", &[0x00_0af7, 0x00_1018, 0x00_1be9, 0xd4_0129]),
    (
        "cisco",
        &[0x00_000c, 0x00_0142, 0x00_1b54, 0x00_2497, 0xa4_6c2a],
    ),
    (
        "dell",
        &[0x00_1422, 0x18_0373, 0x34_17eb, 0xb0_83fe, 0xf8_db88],
    ),
    ("fortinet", &[0x00_090f, 0x04_d590, 0x90_6cac, 0xe0_23ff]),
    (
        "hp",
        &[0x00_01e6, 0x00_0883, 0x00_0e7f, 0x3c_d92b, 0x94_1882],
    ),
    (
        "huawei",
        &[0x00_1882, 0x00_1e10, 0x04_25c5, 0x20_f3a3, 0x38_bc01],
    ),
    (
        "ibm",
        &[0x00_01e1, 0x00_096b, 0x00_145e, 0x00_17ef, 0x00_215e],
    ),
    (
        "intel",
        &[0x00_0347, 0x00_07e9, 0x00_1302, 0xa0_369f, 0xe8_b1fc],
    ),
    (
        "juniper",
        &[0x00_0585, 0x00_121e, 0x00_14f6, 0x00_17cb, 0x00_1f12],
    ),
    (
        "lenovo",
        &[0x00_21cc, 0x54_e1ad, 0xa0_510b, 0xcc_07e4, 0xe8_6f38],
    ),
    (
        "microsoft",
        &[0x00_03ff, 0x00_155d, 0x00_50f2, 0x28_1878, 0x60_45bd],
    ),
    ("mikrotik", &[0x00_0c42, 0x4c_5e0c, 0x6c_3b6b, 0xb8_69f4]),
    (
        "netgear",
        &[0x00_095b, 0x00_146c, 0x00_1b2f, 0x20_e52a, 0x4c_60de],
    ),
    ("paloalto", &[0x00_1b17, 0xb4_0c25]),
    (
        "samsung",
        &[0x00_07ab, 0x00_2339, 0x08_08c2, 0x34_23ba, 0xf0_08f1],
    ),
    (
        "tplink",
        &[0x00_1d0f, 0x14_cc20, 0x50_c7bf, 0x98_dac4, 0xd8_0d17],
    ),
    (
        "ubiquiti",
        &[0x00_156d, 0x04_18d6, 0x24_5a4c, 0x74_acb9, 0xfc_ecda],
    ),
    ("vmware", &[0x00_0569, 0x00_0c29, 0x00_1c14, 0x00_5056]),
];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;
    use crate::fake::Fast;

    fn v6(bits: u128) -> String {
        let mut out = Vec::new();
        v6_text(bits, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn v6_text_compresses_the_longest_run() {
        assert_eq!(v6(0), "::");
        assert_eq!(v6(1), "::1");
        assert_eq!(v6(0x2001 << 112), "2001::");
        assert_eq!(
            v6(0x2001_0000_0000_0001_0000_0000_0000_0001),
            "2001:0:0:1::1"
        );
        assert_eq!(
            v6(0x2001_0000_0003_0004_0005_0006_0007_0008),
            "2001:0:3:4:5:6:7:8"
        );
        assert_eq!(v6(0xffff_0102_0304), "::ffff:102:304");
    }

    #[test]
    fn v4_text_is_that_of_the_standard_library() {
        for octet in 0..=255 {
            let bits = u32::from_be_bytes([octet, 255 - octet, octet / 2, octet]);
            let mut out = b"x".to_vec();
            v4_text(bits, &mut out);
            assert_eq!(out, format!("x{}", Ipv4Addr::from_bits(bits)).into_bytes());
        }
    }

    #[test]
    fn macs_are_pairs_of_digits() {
        let mut out = Vec::new();
        mac(&mut Fast::seeded(1), Some([0, 0x50, 0xaf]), &mut out);
        let text = String::from_utf8(out).unwrap();
        assert!(text.starts_with("00:50:af:") && text.len() == 17, "{text}");
    }

    #[test]
    fn subnets_keep_to_their_hosts() {
        let draw = |cidr: &str| {
            let mut out = Vec::new();
            ip_v4_in_subnet(&mut Fast::seeded(2), cidr, &mut out)?;
            Ok::<_, FakeError>(String::from_utf8(out).unwrap())
        };
        assert_eq!(draw("10.0.0.5/32").unwrap(), "10.0.0.5");
        assert_eq!(draw("10.0.0.7").unwrap(), "10.0.0.7");
        assert_eq!(draw("10.0.0.0/255.255.255.255").unwrap(), "10.0.0.0");
        assert!(["10.0.0.9", "10.0.0.10"].contains(&&*draw("10.0.0.9/30").unwrap()));
        assert!(draw("0.0.0.0/0").is_ok());
        for bad in [
            "10.0.0.0/33",
            "fe80::/10",
            "10.0.00.1/24",
            "10.0.0/8",
            "x",
            "10.0.0.0/",
            "",
        ] {
            assert!(draw(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn public_addresses_lie_in_the_table() {
        let mut random = Fast::seeded(5);
        for _ in 0..2000 {
            let mut out = Vec::new();
            ip_v4_public(&mut random, &mut out);
            let address: Ipv4Addr = String::from_utf8(out).unwrap().parse().unwrap();
            let bits = address.to_bits();
            assert!(
                PUBLIC.iter().any(|r| (r.first..=r.last).contains(&bits)),
                "{address}"
            );
            assert!(!address.is_private() && !address.is_loopback(), "{address}");
        }
    }

    #[test]
    fn macs_take_prefixes_and_vendors() {
        assert_eq!(parse_oui("AA:bb-CC").unwrap(), [0xaa, 0xbb, 0xcc]);
        assert_eq!(parse_oui("+1:50:56").unwrap(), [1, 0x50, 0x56]);
        for bad in ["", "0:50:56", "gg:50:56", "00:50", "00:50:56:01", "é:50:56"] {
            assert!(parse_oui(bad).is_err(), "{bad}");
        }
        let mut random = Fast::seeded(1);
        let oui = vendor_oui(&mut random, "PaloAlto").unwrap();
        let mut out = Vec::new();
        mac(&mut random, Some(oui), &mut out);
        assert_eq!(out.len(), 17);
        assert!(vendor_oui(&mut random, "acme").is_err());
    }
}
