//! A list that many threads read and that only grows: what has a number keeps it.

use std::sync::OnceLock;

/// A list that only grows. Readers take no lock and keep references as long as they like.
#[derive(Debug)]
pub struct Growing<T> {
    items: Vec<T>,
    more: OnceLock<Box<Self>>,
}

impl<T> Default for Growing<T> {
    fn default() -> Self {
        Self::from(Vec::new())
    }
}

impl<T> From<Vec<T>> for Growing<T> {
    fn from(items: Vec<T>) -> Self {
        Self {
            items,
            more: OnceLock::new(),
        }
    }
}

impl<T> FromIterator<T> for Growing<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self::from(items.into_iter().collect::<Vec<T>>())
    }
}

impl<T> Growing<T> {
    /// Adds items at the end; nothing for none. Calls from several threads do not lose any, but the
    /// numbers they get are known to one only when no other adds meanwhile.
    pub fn extend(&self, items: Vec<T>) {
        if items.is_empty() {
            return;
        }
        let mut part = Box::new(Self::from(items));
        let mut at = self;
        loop {
            match at.more.set(part) {
                Ok(()) => return,
                Err(back) => part = back,
            }
            match at.more.get() {
                Some(next) => at = next,
                None => return,
            }
        }
    }

    /// The item with a number, from 0.
    pub fn get(&self, index: usize) -> Option<&T> {
        let (mut at, mut index) = (self, index);
        loop {
            if let Some(found) = at.items.get(index) {
                return Some(found);
            }
            index -= at.items.len();
            at = at.more.get()?;
        }
    }

    /// All items there are now.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        let parts = std::iter::successors(Some(self), |part| part.more.get().map(Box::as_ref));
        parts.flat_map(|part| &part.items)
    }

    /// How many there are now.
    pub fn len(&self) -> usize {
        let parts = std::iter::successors(Some(self), |part| part.more.get().map(Box::as_ref));
        parts.map(|part| part.items.len()).sum()
    }

    /// True when there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_while_it_grows() {
        let list: Growing<u32> = (0..3).collect();
        let first = list.get(1);
        list.extend(Vec::new());
        list.extend(vec![3]);
        list.extend(vec![4, 5]);
        assert_eq!(first, Some(&1));
        assert_eq!(list.len(), 6);
        assert!(list.iter().copied().eq(0..6));
        assert!((0..6).all(|index| list.get(index as usize) == Some(&index)));
        assert_eq!(list.get(6), None);
        let none: Growing<u32> = Growing::default();
        assert!(none.is_empty() && none.get(0).is_none());
        none.extend(vec![7]);
        assert_eq!(none.get(0), Some(&7));
    }
}
