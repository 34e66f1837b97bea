//! Which of several sequences comes first: a tree of losers, so that the next one is known after as
//! many comparisons as the number of sequences has binary digits. Knows nothing of inputs.

/// Keys of the sequences' heads. Equal keys go by position, the lower one first.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// A power of two of them; those behind the sequences are [`Tree::NONE`].
    keys: Vec<i64>,
    /// At each inner node (from 1 on) the position that lost there, at 0 the winner of all.
    losers: Vec<usize>,
}

impl Tree {
    /// Key of a sequence that has nothing more.
    pub(super) const NONE: i64 = i64::MAX;

    pub(super) fn new(heads: impl Iterator<Item = i64>) -> Self {
        let mut keys: Vec<i64> = heads.collect();
        keys.resize(keys.len().next_power_of_two(), Self::NONE);
        let mut tree = Self {
            losers: vec![0; keys.len()],
            keys,
        };
        let winner = tree.play(1);
        tree.losers[0] = winner;
        tree
    }

    /// Position of the earliest head; `None` when no sequence has any.
    pub(super) fn first(&self) -> Option<usize> {
        let first = *self.losers.first()?;
        (self.keys[first] != Self::NONE).then_some(first)
    }

    /// Up to which key, inclusively, the first sequence comes before all others.
    pub(super) fn limit(&self) -> i64 {
        let first = self.losers[0];
        let mut limit = Self::NONE;
        let mut node = (first + self.keys.len()) / 2;
        while node > 0 {
            let other = self.losers[node];
            // At the same key the lower position wins.
            limit = limit.min(self.keys[other].saturating_sub(i64::from(other < first)));
            node /= 2;
        }
        limit
    }

    /// Gives the first sequence another head.
    pub(super) fn replace_first(&mut self, key: i64) {
        let mut winner = self.losers[0];
        self.keys[winner] = key;
        let mut node = (winner + self.keys.len()) / 2;
        while node > 0 {
            let other = self.losers[node];
            if self.beats(other, winner) {
                self.losers[node] = winner;
                winner = other;
            }
            node /= 2;
        }
        self.losers[0] = winner;
    }

    /// Fills the nodes from `node` down and gives the winner there.
    fn play(&mut self, node: usize) -> usize {
        let leaves = self.keys.len();
        if node >= leaves {
            return node - leaves;
        }
        let (left, right) = (self.play(2 * node), self.play(2 * node + 1));
        let (winner, loser) = if self.beats(right, left) {
            (right, left)
        } else {
            (left, right)
        };
        self.losers[node] = loser;
        winner
    }

    fn beats(&self, one: usize, other: usize) -> bool {
        (self.keys[one], one) < (self.keys[other], other)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_first_and_its_limit_are_those_of_a_plain_search(
            mut keys in prop::collection::vec(-5_i64..5, 1..40), next in prop::collection::vec(0_i64..9, 0..60),
        ) {
            let mut tree = Tree::new(keys.iter().copied());
            for step in next {
                let order = |tree_keys: &[i64]| {
                    let mut all: Vec<(i64, usize)> = tree_keys.iter().copied().zip(0..).collect();
                    all.sort_unstable();
                    all
                };
                let all = order(&keys);
                let (key, first) = all[0];
                prop_assert_eq!(tree.first(), Some(first));
                let limit = all.get(1).map_or(Tree::NONE, |&(key, other)| key - i64::from(other < first));
                prop_assert_eq!(tree.limit(), limit);
                keys[first] = key + step;
                tree.replace_first(keys[first]);
            }
        }
    }

    #[test]
    fn ended_sequences_come_never() {
        let mut tree = Tree::new([Tree::NONE, 4].into_iter());
        assert_eq!(tree.first(), Some(1));
        assert_eq!(tree.limit(), Tree::NONE - 1);
        tree.replace_first(Tree::NONE);
        assert_eq!(tree.first(), None);
        assert_eq!(Tree::new(std::iter::empty()).first(), None);
        assert_eq!(Tree::new([7].into_iter()).limit(), Tree::NONE);
    }
}
