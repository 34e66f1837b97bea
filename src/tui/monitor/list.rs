//! Where one stands in a list whose items may take several rows each. Only what is in view is measured.

/// A place in a list. All numbers are settled against the list by [`settle`](Self::settle).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// Index of the chosen item.
    pub chosen: usize,
    /// Index of the first item in view.
    pub top: usize,
    /// Rows of that item above the view.
    pub skip: usize,
    /// The view was scrolled away from the chosen item on purpose.
    free: bool,
}

/// Rows of an item.
pub type Heights<'a> = &'a dyn Fn(usize) -> usize;

impl List {
    /// Chooses another item, so many further down, within `count`.
    pub fn go(&mut self, by: isize, count: usize) {
        let last = count.saturating_sub(1);
        self.chosen = self.chosen.saturating_add_signed(by).min(last);
        self.free = false;
    }

    /// Chooses an item.
    pub fn choose(&mut self, index: usize) {
        self.chosen = index;
        self.free = false;
    }

    /// Moves the view by rows and leaves the chosen item where it is.
    pub fn scroll(&mut self, by: isize, count: usize, heights: Heights<'_>) {
        self.free = true;
        if by < 0 {
            self.up(by.unsigned_abs(), heights);
        } else {
            self.down(by.unsigned_abs(), count, heights);
        }
    }

    fn up(&mut self, rows: usize, heights: Heights<'_>) {
        let mut left = rows;
        while left > self.skip && self.top > 0 {
            left -= self.skip;
            self.top -= 1;
            self.skip = heights(self.top).max(1);
        }
        self.skip = self.skip.saturating_sub(left);
    }

    fn down(&mut self, rows: usize, count: usize, heights: Heights<'_>) {
        let mut left = rows;
        while left > 0 && self.top < count {
            let rest = heights(self.top).max(1).saturating_sub(self.skip);
            if left < rest {
                self.skip += left;
                return;
            }
            left -= rest;
            self.top += 1;
            self.skip = 0;
        }
    }

    /// Items in front of the list went away.
    pub fn lost(&mut self, items: usize) {
        self.chosen = self.chosen.saturating_sub(items);
        if self.top < items {
            self.skip = 0;
        }
        self.top = self.top.saturating_sub(items);
    }

    /// Brings everything within the list, the chosen item in view, and no blank rows below the end while
    /// there is something above.
    pub fn settle(&mut self, count: usize, height: usize, heights: Heights<'_>) {
        let last = count.saturating_sub(1);
        let height = height.max(1);
        self.chosen = self.chosen.min(last);
        if self.top > last {
            (self.top, self.skip) = (last, 0);
        }
        self.skip = self.skip.min(heights(self.top).max(1) - 1);
        if !self.free {
            self.follow(height, heights);
        }
        // No further down than where the last row is at the bottom.
        let mut bottom = Self {
            top: count,
            skip: 0,
            ..*self
        };
        bottom.up(height, heights);
        if (bottom.top, bottom.skip) < (self.top, self.skip) {
            (self.top, self.skip) = (bottom.top, bottom.skip);
        }
    }

    fn follow(&mut self, height: usize, heights: Heights<'_>) {
        if self.chosen < self.top || self.chosen == self.top && self.skip > 0 {
            (self.top, self.skip) = (self.chosen, 0);
            return;
        }
        // What lies between the top and the end of the chosen item; no more is measured than fits.
        let mut rows = heights(self.chosen).max(1).min(height);
        let mut index = self.chosen;
        while index > self.top && rows < height {
            index -= 1;
            rows += heights(index).max(1);
        }
        if index > self.top || rows.saturating_sub(self.skip) > height {
            (self.top, self.skip) = (index, rows.saturating_sub(height));
        }
    }

    /// The item at a row of the view, and which row of it.
    pub fn at(&self, row: usize, count: usize, heights: Heights<'_>) -> Option<(usize, usize)> {
        let mut row = row + self.skip;
        let mut index = self.top;
        while index < count {
            let own = heights(index).max(1);
            if row < own {
                return Some((index, row));
            }
            row -= own;
            index += 1;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn the_chosen_item_is_always_in_view() {
        let heights: Vec<usize> = vec![1, 4, 1, 1, 9, 1, 2];
        let of = |index: usize| heights.get(index).copied().unwrap_or(1);
        for height in 1..12 {
            let mut list = List::default();
            for target in [6, 0, 4, 5, 1, 3, 6, 2] {
                list.choose(target);
                list.settle(heights.len(), height, &of);
                let seen: Vec<usize> = (0..height)
                    .filter_map(|row| list.at(row, heights.len(), &of))
                    .map(|(index, _)| index)
                    .collect();
                assert!(
                    seen.contains(&target),
                    "{target} in {height}: {list:?} {seen:?}"
                );
            }
        }
    }

    #[test]
    fn scrolling_goes_by_rows_and_stops_at_both_ends() {
        let of = |index: usize| if index == 1 { 4 } else { 1 };
        let mut list = List::default();
        list.scroll(3, 10, &of);
        list.settle(10, 5, &of);
        assert_eq!((list.top, list.skip), (1, 2));
        assert_eq!(list.at(0, 10, &of), Some((1, 2)));
        list.scroll(100, 10, &of);
        list.settle(10, 5, &of);
        assert_eq!((list.top, list.skip), (5, 0));
        list.scroll(-5, 10, &of);
        list.settle(10, 5, &of);
        assert_eq!((list.top, list.skip), (1, 2));
        list.scroll(-100, 10, &of);
        list.settle(10, 5, &of);
        assert_eq!((list.top, list.skip), (0, 0));
    }

    #[test]
    fn an_empty_list_and_a_shrinking_one_are_no_trouble() {
        let mut list = List::default();
        list.settle(0, 5, &|_| 1);
        assert_eq!(list.at(0, 0, &|_| 1), None);
        list.choose(90);
        list.settle(100, 5, &|_| 1);
        assert_eq!(list.top, 86);
        list.lost(80);
        list.settle(20, 5, &|_| 1);
        assert_eq!((list.chosen, list.top), (10, 6));
        list.settle(3, 5, &|_| 1);
        assert_eq!((list.chosen, list.top), (2, 0));
    }
}
