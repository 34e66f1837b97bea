//! Which partition a key belongs to, as the Java client decides it, so that consumers that rely on
//! it find the same keys in the same place.

/// The partition of a key among `count` (at least 1).
pub(super) fn partition(key: &[u8], count: i32) -> i32 {
    // The sign bit is cleared, not the sign changed.
    let positive = i32::try_from(murmur2(key) & 0x7fff_ffff).unwrap_or(0);
    positive.checked_rem(count).unwrap_or(0)
}

/// MurmurHash2 with the seed of the Java client.
fn murmur2(bytes: &[u8]) -> u32 {
    const M: u32 = 0x5bd1_e995;
    let len = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let mut hash = 0x9747_b28c ^ len;
    let mut words = bytes.chunks_exact(4);
    for word in &mut words {
        let word = word
            .iter()
            .rev()
            .fold(0, |all, &byte| all << 8 | u32::from(byte));
        let mut mixed = word.wrapping_mul(M);
        mixed ^= mixed >> 24;
        hash = hash.wrapping_mul(M) ^ mixed.wrapping_mul(M);
    }
    let rest = words.remainder();
    if !rest.is_empty() {
        hash ^= rest
            .iter()
            .rev()
            .fold(0, |all, &byte| all << 8 | u32::from(byte));
        hash = hash.wrapping_mul(M);
    }
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(M);
    hash ^ hash >> 15
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn keys_are_where_the_java_client_puts_them() {
        let own = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");
        let folder = std::env::var("EVTUI_GOLDEN").unwrap_or_else(|_| own.to_owned());
        let text = std::fs::read(format!("{folder}/outputs/kafka_murmur2.json")).unwrap();
        let vectors: serde_json::Value = serde_json::from_slice(&text).unwrap();
        let cases = vectors["cases"].as_array().unwrap();
        assert!(!cases.is_empty());
        for case in cases {
            let key = case["key_text"].as_str().unwrap().as_bytes();
            assert_eq!(
                u64::from(murmur2(key)),
                case["murmur2_unsigned"].as_u64().unwrap()
            );
            for (count, expected) in case["partition"].as_object().unwrap() {
                let ours = partition(key, count.parse().unwrap());
                assert_eq!(i64::from(ours), expected.as_i64().unwrap(), "{case}");
            }
        }
    }
}
