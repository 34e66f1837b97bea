//! How often each timestamp is used.
//!
//! A gain of 2.5 uses each timestamp two or three times, one of 0.1 every tenth. Copies share the
//! timestamp, as those of `count` do. Which ones get the odd copy is drawn in layers (a van der Corput
//! sequence, shuffled), for each input on its own: of any aligned stretch of 2, 4, 8, ... timestamps
//! the right share is picked, in an order that looks random. So the number is right to within a few
//! at any point of the run, no regular pattern in a schedule is favoured, and every run picks the same
//! ones. What a lower gain keeps, a higher one keeps too.

/// Makes the sequences of two inputs differ.
const APART: u32 = 0x9E37_79B9;

#[derive(Debug)]
pub(super) struct Gain {
    /// Copies that every timestamp has.
    whole: u64,
    /// Share that have one more, as a fraction of 2^32.
    odd: u64,
    /// Timestamps of each input so far.
    seen: Vec<u32>,
}

impl Gain {
    pub(super) fn new(gain: f64) -> Self {
        let mut new = Self {
            whole: 0,
            odd: 0,
            seen: Vec::new(),
        };
        new.set(gain);
        new
    }

    /// From the next timestamp on.
    pub(super) fn set(&mut self, gain: f64) {
        self.whole = gain as u64;
        self.odd = (gain.fract() * 2_f64.powi(32)) as u64;
    }

    /// Every timestamp is used once.
    pub(super) fn is_one(&self) -> bool {
        self.whole == 1 && self.odd == 0
    }

    /// Nothing is used.
    pub(super) fn is_none(&self) -> bool {
        self.whole == 0 && self.odd == 0
    }

    /// How often the next timestamp of an input is used.
    pub(super) fn copies(&mut self, input: u16) -> u64 {
        let index = usize::from(input);
        if self.seen.len() <= index {
            self.seen.resize(index + 1, 0);
        }
        let Some(seen) = self.seen.get_mut(index) else {
            return self.whole;
        };
        let key = u32::from(input).wrapping_add(1).wrapping_mul(APART);
        let drawn = layered(*seen, key);
        *seen = seen.wrapping_add(1);
        self.whole + u64::from(u64::from(drawn) < self.odd)
    }
}

/// Number `index` of a sequence spread evenly over 32 bits. The index reversed is the van der Corput
/// sequence; the hash (after Laine, Karras and Burley) changes each bit by those below it only, which
/// keeps its layers and shuffles within them.
fn layered(index: u32, key: u32) -> u32 {
    let mut x = index.reverse_bits();
    x ^= x.wrapping_mul(0x3D20_ADEA);
    x = x.wrapping_add(key).wrapping_mul((key >> 16) | 1);
    x ^= x.wrapping_mul(0x0552_6C56);
    x ^ x.wrapping_mul(0x53A2_2864)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn total(gain: &mut Gain, input: u16, count: usize) -> u64 {
        (0..count).map(|_| gain.copies(input)).sum()
    }

    #[test]
    fn the_number_is_right_at_any_point_for_every_input() {
        for wanted in [0.0, 0.1, 0.37, 1.0, 2.5, 7.99] {
            let mut gain = Gain::new(wanted);
            for input in 0..4 {
                let mut sum = 0.0;
                for passed in 1..=5_000 {
                    sum += gain.copies(input) as f64;
                    let off = sum - wanted * f64::from(passed);
                    assert!(off.abs() < 4.0, "{wanted} {input} {passed} {off}");
                }
            }
        }
    }

    #[test]
    fn no_regular_pattern_is_favoured() {
        for period in 2..=130 {
            let mut gain = Gain::new(0.5);
            let mut kept = vec![0_u64; period];
            for index in 0..period * 400 {
                kept[index % period] += gain.copies(0);
            }
            assert!(
                kept.iter().all(|count| (150..=250).contains(count)),
                "{period} {kept:?}"
            );
        }
    }

    #[test]
    fn each_copy_is_the_whole_part_or_one_more_and_a_lower_gain_keeps_a_part() {
        let mut high = Gain::new(2.5);
        let mut low = Gain::new(0.25);
        for _ in 0..1_000 {
            let copies = high.copies(0);
            assert!(copies == 2 || copies == 3);
            assert!(low.copies(0) == 0 || copies == 3);
        }
    }

    #[test]
    fn a_change_counts_from_the_next_timestamp_on() {
        let mut gain = Gain::new(1.0);
        assert!(gain.is_one() && !gain.is_none());
        assert_eq!(total(&mut gain, 0, 100), 100);
        gain.set(3.0);
        assert_eq!(total(&mut gain, 0, 100), 300);
        gain.set(0.0);
        assert!(gain.is_none());
        assert_eq!(total(&mut gain, 0, 100), 0);
    }
}
