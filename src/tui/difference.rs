//! How two texts differ, line by line: what is only in one of them, where a line of one is in the other,
//! and rows to show. Knows texts alone.

use std::collections::HashMap;
use std::ops::Range;

use ropey::Rope;

/// Most lines that one of two texts may have beyond the other's; past that, what lies between their
/// common beginning and end counts as replaced.
const FAR: usize = 400;
/// Lines shown around what differs.
const AROUND: usize = 3;

/// Lines that stand in the place of others.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stretch {
    old: Range<usize>,
    new: Range<usize>,
}

/// How a text became another one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference(Vec<Stretch>);

/// One row of a difference as shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// In both.
    Same(String),
    /// Only in the old one.
    Gone(String),
    /// Only in the new one.
    Come(String),
    /// So many lines that are in both are left out.
    Skipped(usize),
}

impl Difference {
    /// Compares two texts.
    pub fn between(old: &Rope, new: &Rope) -> Self {
        let same = |(a, b): &(ropey::RopeSlice<'_>, ropey::RopeSlice<'_>)| a == b;
        let head = old.lines().zip(new.lines()).take_while(same).count();
        let (olds, news) = (old.len_lines(), new.len_lines());
        let most = olds.min(news) - head;
        let tails = old.lines_at(olds).reversed();
        let tails = tails.zip(new.lines_at(news).reversed()).take(most);
        let tail = tails.take_while(same).count();
        let (old_end, new_end) = (olds - tail, news - tail);
        let mut names: HashMap<String, usize> = HashMap::new();
        let mut named = |text: &Rope, range: Range<usize>| -> Vec<usize> {
            let lines = text.lines_at(range.start).take(range.len());
            let lines = lines.map(|line| {
                let next = names.len();
                *names.entry(line.to_string()).or_insert(next)
            });
            lines.collect()
        };
        let (a, b) = (named(old, head..old_end), named(new, head..new_end));
        let moved = |range: &Range<usize>| range.start + head..range.end + head;
        let found = middle(&a, &b).unwrap_or_else(|| {
            vec![Stretch {
                old: 0..a.len(),
                new: 0..b.len(),
            }]
        });
        let found = found.iter().filter(|one| one.old.len() + one.new.len() > 0);
        Self(
            found
                .map(|one| Stretch {
                    old: moved(&one.old),
                    new: moved(&one.new),
                })
                .collect(),
        )
    }

    /// Lines that only the old text has.
    pub fn gone(&self) -> usize {
        self.0.iter().map(|one| one.old.len()).sum()
    }

    /// Lines that only the new text has.
    pub fn come(&self) -> usize {
        self.0.iter().map(|one| one.new.len()).sum()
    }

    /// Where a line of the old text is in the new one; for one that is gone, the line that stands in its
    /// place. Both from 0.
    pub fn follow(&self, line: usize) -> usize {
        let mut shift: isize = 0;
        for one in &self.0 {
            if line < one.old.start {
                break;
            }
            if one.old.contains(&line) {
                let within = line - one.old.start;
                return one.new.start + within.min(one.new.len().saturating_sub(1));
            }
            shift = one.new.end.cast_signed() - one.old.end.cast_signed();
        }
        line.saturating_add_signed(shift)
    }

    /// What differs, with some lines around it.
    pub fn rows(&self, old: &Rope, new: &Rope) -> Vec<Row> {
        let text = |of: &Rope, line: usize| {
            let shown = of.get_line(line).map(|line| line.to_string());
            shown.unwrap_or_default().trim_end().to_owned()
        };
        let mut out = Vec::new();
        let mut next = 0;
        for (index, one) in self.0.iter().enumerate() {
            let from = one.old.start.saturating_sub(AROUND).max(next);
            if from > next {
                out.push(Row::Skipped(from - next));
            }
            out.extend((from..one.old.start).map(|line| Row::Same(text(old, line))));
            out.extend(one.old.clone().map(|line| Row::Gone(text(old, line))));
            out.extend(one.new.clone().map(|line| Row::Come(text(new, line))));
            let last = self.0.get(index + 1);
            let last = last.map_or(old.len_lines(), |after| after.old.start);
            next = (one.old.end + AROUND).min(last);
            out.extend((one.old.end..next).map(|line| Row::Same(text(old, line))));
        }
        let rest = old.len_lines().saturating_sub(next);
        if rest > 0 && !out.is_empty() {
            out.push(Row::Skipped(rest));
        }
        out
    }
}

/// The shortest way from one row of names to another, after Myers; `None` when it is too long.
fn middle(a: &[usize], b: &[usize]) -> Option<Vec<Stretch>> {
    let (n, m) = (a.len().cast_signed(), b.len().cast_signed());
    if n == 0 || m == 0 {
        return None;
    }
    let most = FAR.min(a.len() + b.len()).cast_signed();
    let place = |k: isize| (k + most + 1).cast_unsigned();
    let mut far = vec![0_isize; place(most) + 2];
    let at = |far: &[isize], k: isize| far.get(place(k)).copied().unwrap_or(0);
    let same = |x: isize, y: isize| {
        let (x, y) = (x.cast_unsigned(), y.cast_unsigned());
        a.get(x).is_some_and(|one| b.get(y) == Some(one))
    };
    let mut before = Vec::new();
    for d in 0..=most {
        before.push(far.clone());
        for k in (-d..=d).step_by(2) {
            let down = k == -d || k != d && at(&far, k - 1) < at(&far, k + 1);
            let mut x = if down {
                at(&far, k + 1)
            } else {
                at(&far, k - 1) + 1
            };
            while x < n && x - k < m && same(x, x - k) {
                x += 1;
            }
            if let Some(slot) = far.get_mut(place(k)) {
                *slot = x;
            }
            if x >= n && x - k >= m {
                return Some(way_back(&before, (n, m), place));
            }
        }
    }
    None
}

/// Follows the steps back from the end; `before` has how far each diagonal reached ahead of each step.
fn way_back(
    before: &[Vec<isize>],
    (n, m): (isize, isize),
    place: impl Fn(isize) -> usize,
) -> Vec<Stretch> {
    let at = |far: &[isize], k: isize| far.get(place(k)).copied().unwrap_or(0);
    let (mut x, mut y) = (n, m);
    let mut out: Vec<Stretch> = Vec::new();
    for (d, far) in before.iter().enumerate().skip(1).rev() {
        let (d, k) = (d.cast_signed(), x - y);
        let down = k == -d || k != d && at(far, k - 1) < at(far, k + 1);
        let back = if down { k + 1 } else { k - 1 };
        let from = at(far, back);
        let (old, new) = (from.cast_unsigned(), (from - back).cast_unsigned());
        let (old_end, new_end) = if down { (old, new + 1) } else { (old + 1, new) };
        match out.last_mut() {
            // Steps without a common line between them are one stretch.
            Some(last) if last.old.start == old_end && last.new.start == new_end => {
                (last.old.start, last.new.start) = (old, new);
            }
            _ => out.push(Stretch {
                old: old..old_end,
                new: new..new_end,
            }),
        }
        (x, y) = (from, from - back);
    }
    out.reverse();
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use proptest::prelude::*;

    fn between(old: &str, new: &str) -> Difference {
        Difference::between(&Rope::from_str(old), &Rope::from_str(new))
    }

    #[test]
    fn lines_are_followed_past_what_came_and_went() {
        let (old, new) = ("a\nb\nc\nd\ne\n", "new\na\nb\nd\nlong\ne\n");
        let found = between(old, new);
        assert_eq!((found.gone(), found.come()), (1, 2));
        let to: Vec<usize> = (0..5).map(|line| found.follow(line)).collect();
        // `c` is gone: the line in its place is `d`.
        assert_eq!(to, [1, 2, 3, 3, 5]);
    }

    #[test]
    fn rows_have_some_lines_around() {
        let old: String = (0..20).map(|line| format!("{line}\n")).collect();
        let new = old.replace("\n10\n", "\nten\nmore\n");
        let (a, b) = (Rope::from_str(&old), Rope::from_str(&new));
        let rows = Difference::between(&a, &b).rows(&a, &b);
        let same = |text: &str| Row::Same(text.to_owned());
        assert_eq!(
            rows,
            [
                Row::Skipped(7),
                same("7"),
                same("8"),
                same("9"),
                Row::Gone("10".to_owned()),
                Row::Come("ten".to_owned()),
                Row::Come("more".to_owned()),
                same("11"),
                same("12"),
                same("13"),
                Row::Skipped(7),
            ]
        );
        assert_eq!(Difference::between(&a, &a), Difference::default());
        assert!(Difference::default().rows(&a, &a).is_empty());
    }

    #[test]
    fn texts_without_anything_in_common_are_replaced() {
        let (old, new): (String, String) = (
            (0..3_000).map(|line| format!("a{line}\n")).collect(),
            (0..2_000).map(|line| format!("b{line}\n")).collect(),
        );
        let found = between(&old, &new);
        assert_eq!((found.gone(), found.come()), (3_000, 2_000));
        assert_eq!(found.follow(2_500), 1_999);
    }

    proptest! {
        #[test]
        fn rows_make_the_new_text_of_the_old(old in "([abc]\n){0,12}", new in "([abc]\n){0,12}") {
            let (a, b) = (Rope::from_str(&old), Rope::from_str(&new));
            let found = Difference::between(&a, &b);
            let mut lines: Vec<String> = a.lines().map(|line| line.to_string()).collect();
            for one in found.0.iter().rev() {
                let put: Vec<String> = b.lines().map(|line| line.to_string()).collect();
                lines.splice(one.old.clone(), put[one.new.clone()].iter().cloned());
            }
            prop_assert_eq!(lines.concat(), new);
            for line in 0..a.len_lines() {
                prop_assert!(found.follow(line) <= b.len_lines());
            }
        }
    }
}
