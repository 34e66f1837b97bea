//! The random source behind everything that is drawn, and the two streams that implement it.

use std::hash::{BuildHasher, RandomState};

use num_bigint::BigUint;

/// A stream of uniform draws; every random primitive is defined on it.
pub trait Random {
    /// Uniform in [0, 1), one draw.
    fn unit(&mut self) -> f64;
    /// Uniform in [0, bound), one draw; 0 when `bound` is 0.
    fn below(&mut self, bound: u64) -> u64;

    /// Four draws below 256. Here, so that a stream behind a pointer is asked once.
    fn octets(&mut self) -> [u8; 4] {
        std::array::from_fn(|_| self.below(256) as u8)
    }

    /// Uniform in [0, bound) for bounds beyond 64 bits; 0 when `bound` is 0.
    fn below_wide(&mut self, bound: u128) -> u128 {
        match u64::try_from(bound) {
            Ok(small) => u128::from(self.below(small)),
            Err(_) => {
                // Rejection over whole 128-bit words keeps it uniform.
                let limit = u128::MAX - (u128::MAX % bound);
                loop {
                    let mut bytes = [0; 16];
                    self.bits(&mut bytes);
                    let word = u128::from_be_bytes(bytes);
                    if word < limit {
                        return word % bound;
                    }
                }
            }
        }
    }

    /// Uniform in [0, bound) for any bound; 0 when `bound` is 0.
    fn below_big(&mut self, bound: &BigUint) -> BigUint {
        let bits = bound.bits();
        if bits == 0 {
            return BigUint::ZERO;
        }
        let len = usize::try_from(bits.div_ceil(8)).unwrap_or(usize::MAX);
        let spare = (len as u64 * 8).saturating_sub(bits) as u32;
        let mut bytes = vec![0; len];
        loop {
            self.bits(&mut bytes);
            if let Some(first) = bytes.first_mut() {
                *first = first.checked_shr(spare).unwrap_or(0);
            }
            let value = BigUint::from_bytes_be(&bytes);
            if &value < bound {
                return value;
            }
        }
    }

    /// Fills `out` with random bits, most significant byte first.
    fn bits(&mut self, out: &mut [u8]) {
        for chunk in out.chunks_mut(4) {
            let word = (self.below(1 << 32) as u32).to_be_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
    }

    /// What is drawn from here on belongs to another render of the same event. Streams that are a function
    /// of places start a stream of its own for it, others go on.
    fn next_render(&mut self) {}

    /// What is drawn from here on belongs to the part of the render with this key, see [`key`], which was
    /// not drawn for yet. As [`Random::next_render`].
    fn turn(&mut self, key: u64) {
        let _ = key;
    }

    /// A standard normal variate.
    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }
}

/// The production stream: xoshiro256++. Fast, good for data, not for secrets.
#[derive(Clone, Debug)]
pub struct Fast {
    state: [u64; 4],
}

impl Fast {
    /// A stream determined by `seed`.
    pub fn seeded(seed: u64) -> Self {
        Self::for_event(seed, 0)
    }

    /// The stream of event `index` of a run with that seed: a function of the two alone, so that
    /// events are the same in whatever order or place they are rendered.
    pub fn for_event(seed: u64, index: u64) -> Self {
        let mut mixed = origin(seed, index);
        let state = std::array::from_fn(|_| {
            mixed = mixed.wrapping_add(STEP);
            mix(mixed)
        });
        Self { state }
    }

    /// The stream of a part. Half of the state is mixed, which keeps the streams of one key and different
    /// events apart; the other half follows from it.
    fn of_part(origin: u64, key: u64) -> Self {
        let mixed = origin ^ key;
        let first = mix(mixed.wrapping_add(STEP));
        let second = mix(mixed.wrapping_add(STEP.wrapping_mul(2)));
        let state = [
            first,
            second,
            first.wrapping_mul(0xA076_1D64_78BD_642F),
            second.wrapping_mul(0xE703_7ED1_A0B4_28DB),
        ];
        Self { state }
    }

    /// A stream nobody can repeat, from the operating system's randomness.
    pub fn from_entropy() -> Self {
        Self::seeded(entropy())
    }

    #[inline]
    fn next(&mut self) -> u64 {
        let s = &mut self.state;
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        result
    }
}

/// A seed from the operating system's randomness.
pub fn entropy() -> u64 {
    // The standard library keys its hashers from the operating system; two hashes of nothing under
    // two keys are as good as asking it directly, without a dependency.
    let here = RandomState::new().hash_one(0_u8);
    here ^ RandomState::new().hash_one(1_u8).rotate_left(32)
}

/// What tells the parts of a render apart, for [`Random::turn`], by their number.
pub fn key(number: u32) -> u64 {
    mix(u64::from(number).wrapping_add(STEP))
}

/// Differs for each event of a run.
fn origin(seed: u64, index: u64) -> u64 {
    mix(seed).wrapping_add(index.wrapping_mul(0xD134_2543_DE82_EF95))
}

/// The increment of splitmix64.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// The finaliser of splitmix64.
fn mix(value: u64) -> u64 {
    let mut z = value;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl Random for Fast {
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    fn below(&mut self, bound: u64) -> u64 {
        // Lemire's multiply and shift; the rejection keeps it exact.
        let mut product = u128::from(self.next()) * u128::from(bound);
        if (product as u64) < bound {
            let threshold = bound.wrapping_neg() % bound;
            while (product as u64) < threshold {
                product = u128::from(self.next()) * u128::from(bound);
            }
        }
        (product >> 64) as u64
    }

    fn bits(&mut self, out: &mut [u8]) {
        for chunk in out.chunks_mut(8) {
            let word = self.next().to_be_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
    }
}

/// The stream of an event that is rendered: [`Fast`] of the event, until its parts get streams of their
/// own, so that what one draws does not depend on which others drew before it.
#[derive(Clone, Debug)]
pub struct Parted {
    stream: Fast,
    /// Differs for each event and render.
    origin: u64,
    key: u64,
    /// The stream is not that of the key yet: most parts draw nothing.
    due: bool,
}

impl Parted {
    /// The stream of event `index`, see [`Fast::for_event`].
    pub fn for_event(seed: u64, index: u64) -> Self {
        Self {
            stream: Fast::for_event(seed, index),
            origin: origin(seed, index),
            key: 0,
            due: false,
        }
    }

    #[inline]
    fn stream(&mut self) -> &mut Fast {
        if self.due {
            self.start();
        }
        &mut self.stream
    }

    #[inline(never)]
    fn start(&mut self) {
        self.due = false;
        self.stream = Fast::of_part(self.origin, self.key);
    }
}

impl Random for Parted {
    fn next_render(&mut self) {
        self.origin = self.origin.wrapping_add(0x8EBC_6AF0_9C88_C6E3);
        (self.key, self.due) = (0, true);
    }

    fn turn(&mut self, key: u64) {
        (self.key, self.due) = (key, true);
    }

    fn unit(&mut self) -> f64 {
        self.stream().unit()
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.stream().below(bound)
    }

    fn octets(&mut self) -> [u8; 4] {
        self.stream().octets()
    }

    fn bits(&mut self, out: &mut [u8]) {
        self.stream().bits(out);
    }
}

/// The stream of the recorded vectors: a plain congruential generator with every primitive defined
/// in exact arithmetic, so that other implementations can repeat it. Not for production.
#[derive(Clone, Copy, Debug, Default)]
pub struct Recorded {
    state: u64,
    draws: u64,
}

impl Recorded {
    /// The stream that starts at `seed`.
    pub fn seeded(seed: u64) -> Self {
        Self {
            state: seed,
            draws: 0,
        }
    }

    /// Draws made so far.
    pub fn draws(&self) -> u64 {
        self.draws
    }

    fn next(&mut self) -> u64 {
        self.draws += 1;
        self.state = self
            .state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.state >> 11
    }
}

impl Random for Recorded {
    fn unit(&mut self) -> f64 {
        self.next() as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(bound)) >> 53) as u64
    }

    fn below_wide(&mut self, bound: u128) -> u128 {
        let draw = u128::from(self.next());
        let low = draw * (bound & u128::from(u64::MAX));
        let high = draw * (bound >> 64) + (low >> 64);
        (high << 11) | ((low & u128::from(u64::MAX)) >> 53)
    }

    fn below_big(&mut self, bound: &BigUint) -> BigUint {
        (bound * self.next()) >> 53_u32
    }

    fn bits(&mut self, out: &mut [u8]) {
        let width = out.len() * 8;
        let draw = BigUint::from(self.next());
        let value = if width >= 53 {
            draw << (width - 53)
        } else {
            draw >> (53 - width)
        };
        let bytes = value.to_bytes_be();
        out.fill(0);
        let kept = bytes.len().min(out.len());
        let start = out.len() - kept;
        out[start..].copy_from_slice(&bytes[bytes.len() - kept..]);
    }

    fn normal(&mut self) -> f64 {
        2.0 * self.unit() - 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_recorded_stream_gives_the_published_first_values() {
        let mut stream = Recorded::seeded(7);
        let raw: Vec<u64> = (0..4).map(|_| stream.next()).collect();
        assert_eq!(
            raw,
            [
                4_442_461_162_303_423,
                8_607_815_882_110_213,
                8_165_709_068_218_067,
                2_456_682_174_089_337
            ]
        );
        let mut bytes = [0; 16];
        Recorded::seeded(7).bits(&mut bytes);
        assert_eq!(
            u128::from_be_bytes(bytes),
            0x7e43_28bc_0f7d_f800_0000_0000_0000_0000
        );
    }

    #[test]
    fn parts_draw_the_same_whichever_others_drew() {
        let alone = {
            let mut random = Parted::for_event(5, 9);
            random.turn(key(3));
            [random.below(1 << 40), random.below(1 << 40)]
        };
        let mut random = Parted::for_event(5, 9);
        assert_eq!(random.below(100), Fast::for_event(5, 9).below(100));
        random.turn(key(2));
        let other = random.below(1 << 40);
        // A part that draws nothing.
        random.turn(key(7));
        random.turn(key(3));
        assert_eq!([random.below(1 << 40), random.below(1 << 40)], alone);
        assert_ne!(other, alone[0]);
        random.next_render();
        random.turn(key(3));
        assert_ne!(random.below(1 << 40), alone[0]);
        let mut next = Parted::for_event(5, 10);
        next.turn(key(3));
        assert_ne!(next.below(1 << 40), alone[0]);
    }

    #[test]
    fn wide_bounds_agree_with_narrow_and_big_ones() {
        for bound in [1_u64, 10, 1 << 40, u64::MAX] {
            let narrow = Recorded::seeded(3).below(bound);
            assert_eq!(Recorded::seeded(3).below_wide(bound.into()), narrow.into());
            assert_eq!(
                Recorded::seeded(3).below_big(&bound.into()),
                BigUint::from(narrow)
            );
        }
        let wide = 0x1234_5678_9abc_def0_1122_3344_5566_7788_u128;
        assert_eq!(
            BigUint::from(Recorded::seeded(5).below_wide(wide)),
            Recorded::seeded(5).below_big(&wide.into())
        );
    }

    #[test]
    fn an_events_stream_depends_on_seed_and_index_only() {
        let first = |seed, index| Fast::for_event(seed, index).next();
        assert_eq!(first(1, 5), first(1, 5));
        assert_ne!(first(1, 5), first(1, 6));
        assert_ne!(first(1, 5), first(2, 5));
        assert_ne!(first(1, 0), first(0, 1));
    }

    #[test]
    fn the_fast_stream_stays_in_bounds_and_covers_them() {
        let mut stream = Fast::seeded(42);
        let mut seen = [0_u32; 6];
        for _ in 0..6000 {
            seen[stream.below(6) as usize] += 1;
            assert!((0.0..1.0).contains(&stream.unit()));
        }
        assert!(
            seen.iter().all(|&count| (850..1150).contains(&count)),
            "{seen:?}"
        );
        assert_eq!(stream.below(0), 0);
        assert!(stream.below_wide(1 << 100) < 1 << 100);
        assert!(stream.below_big(&(BigUint::from(1_u8) << 200_u32)).bits() <= 200);
    }

    #[test]
    fn normal_variates_have_mean_and_spread_of_one() {
        let mut stream = Fast::seeded(9);
        let draws: Vec<f64> = (0..20_000).map(|_| stream.normal()).collect();
        let mean = draws.iter().sum::<f64>() / 20_000.0;
        let variance = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 20_000.0;
        assert!(mean.abs() < 0.03, "{mean}");
        assert!((variance - 1.0).abs() < 0.05, "{variance}");
    }
}
