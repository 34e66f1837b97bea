//! What a value may be, as far as changing it matters: a small lattice that only grows.

/// What an expression may give. Empty: nothing that can be changed in place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Kind {
    pub bits: u32,
    /// Tables it may be, or whose rows it may hold; bit 63 stands for all from the 64th on.
    pub tables: u64,
    /// Tables it may be a row of.
    pub rows: u64,
}

/// A container made in this render. What it holds is anything that was ever put into one.
pub(super) const FRESH: u32 = 1;
/// Something that outlives the render and can be changed, and so can what it holds.
pub(super) const SHARED: u32 = 1 << 1;
/// A container that outlives the render whose elements cannot be changed.
pub(super) const SHALLOW: u32 = 1 << 2;
/// A part of the module gateway.
pub(super) const MODULE: u32 = 1 << 3;
/// Something to call that is not known.
pub(super) const CODE: u32 = 1 << 4;
/// An imported template.
pub(super) const IMPORT: u32 = 1 << 5;
/// The object that holds the tables.
pub(super) const TABLES: u32 = 1 << 6;
/// Something that a store holds, at whatever depth: it outlives the render, can be changed, and so can
/// what it holds.
pub(super) const STATE: u32 = 1 << 16;
/// The first of the stores; more follow, one bit each.
pub(super) const STORE: u32 = 1 << 7;
/// How many stores are told apart; all later ones count as the last.
pub(super) const STORES: usize = 9;

impl Kind {
    pub(super) fn of(bits: u32) -> Self {
        Self {
            bits,
            ..Self::default()
        }
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self {
            bits: self.bits | other.bits,
            tables: self.tables | other.tables,
            rows: self.rows | other.rows,
        }
    }

    pub(super) fn has(self, bits: u32) -> bool {
        self.bits & bits != 0
    }

    /// True when changing it in place would be seen by other renders.
    pub(super) fn outlives(self) -> bool {
        self.has(SHARED | SHALLOW | STATE)
    }

    /// True when it outlives the render as a part of the state, and of nothing else.
    pub(super) fn is_state(self) -> bool {
        self.has(STATE) && !self.has(SHARED | SHALLOW)
    }

    /// True when it may be something that can be changed, or that is more than a value.
    pub(super) fn is_more_than_a_value(self) -> bool {
        self.bits != 0 || self.tables != 0
    }

    /// The stores it may be, by index.
    pub(super) fn stores(self) -> impl Iterator<Item = usize> {
        (0..STORES).filter(move |index| self.bits & (STORE << index) != 0)
    }
}
