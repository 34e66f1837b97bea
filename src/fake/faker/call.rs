//! What a provider works with: the stream, the locale, the arguments, and the everyday draws.

use chrono::NaiveDateTime;

use super::super::{FakeError, Random, rand};
use super::{Answer, Datum, Locale};

/// A call of a provider.
pub struct Call<'a> {
    /// Where draws come from.
    pub(in crate::fake) random: &'a mut dyn Random,
    /// Whose data to use.
    pub(in crate::fake) locale: &'static Locale,
    pub(super) args: &'a [Option<Datum>],
    /// What "today" means: wall clock.
    pub(in crate::fake) now: NaiveDateTime,
    pub(super) params: &'static [&'static str],
}

impl Call<'_> {
    /// One of the items; `None` when there are none.
    pub(in crate::fake) fn pick<T: Copy>(&mut self, items: &[T]) -> Option<T> {
        let at = rand::index(self.random, items.len())?;
        items.get(at).copied()
    }

    /// One of the words, empty when there are none.
    pub(in crate::fake) fn word(&mut self, items: &[&'static str]) -> &'static str {
        self.pick(items).unwrap_or("")
    }

    /// One of the words as an answer.
    pub(in crate::fake) fn one(&mut self, items: &[&'static str]) -> Answer {
        Ok(Datum::Static(self.word(items)))
    }

    /// One of the items, as often as its weight says.
    pub(in crate::fake) fn weighted<T: Copy>(&mut self, items: &[(u32, T)]) -> Option<T> {
        let total: u32 = items.iter().map(|(weight, _)| weight).sum();
        let mut at = self.random.below(u64::from(total)) as u32;
        for (weight, item) in items {
            if at < *weight {
                return Some(*item);
            }
            at -= weight;
        }
        None
    }

    /// Uniform in `low..=high`; `low` when the bounds are the wrong way round.
    pub(in crate::fake) fn between(&mut self, low: i64, high: i64) -> i64 {
        rand::number::integer(self.random, low, high).unwrap_or(low)
    }

    pub(in crate::fake) fn chance(&mut self, probability: f64) -> bool {
        rand::chance(self.random, probability)
    }

    /// An ASCII digit.
    pub(in crate::fake) fn digit(&mut self) -> char {
        char::from(b'0' + self.random.below(10) as u8)
    }

    /// A character of an ASCII set.
    pub(in crate::fake) fn character(&mut self, set: &[u8]) -> char {
        self.pick(set).map_or('?', char::from)
    }

    /// `size` characters of an ASCII set.
    pub(in crate::fake) fn characters(
        &mut self,
        set: &[u8],
        size: i64,
    ) -> Result<String, FakeError> {
        let mut out = Vec::new();
        rand::text::characters(self.random, set, size, &mut out)?;
        Ok(String::from_utf8(out).unwrap_or_default())
    }

    /// An argument that was given and is not none.
    pub(in crate::fake) fn given(&self, index: usize) -> Option<&Datum> {
        let datum = self.args.get(index)?.as_ref();
        datum.filter(|datum| **datum != Datum::None)
    }

    /// Why an argument does not fit.
    pub(in crate::fake) fn unfit(&self, index: usize, wanted: &str) -> FakeError {
        let name = self.params.get(index).copied().unwrap_or("argument");
        let kind = self.given(index).map_or("none", Datum::kind);
        FakeError::new(format!("`{name}` must be {wanted}, not {kind}"))
    }

    /// A whole number, or the default.
    pub(in crate::fake) fn int(&self, index: usize, default: i64) -> Result<i64, FakeError> {
        Ok(self.maybe_int(index)?.unwrap_or(default))
    }

    pub(in crate::fake) fn maybe_int(&self, index: usize) -> Result<Option<i64>, FakeError> {
        match self.given(index) {
            None => Ok(None),
            Some(Datum::Int(value)) => Ok(Some(*value)),
            Some(Datum::Bool(value)) => Ok(Some(i64::from(*value))),
            Some(Datum::Float(value)) if value.fract() == 0.0 && value.abs() < 9e15 => {
                Ok(Some(*value as i64))
            }
            Some(_) => Err(self.unfit(index, "a whole number")),
        }
    }

    /// A count: at least 0 and at most a million, so that no call can fill the memory.
    pub(in crate::fake) fn count(&self, index: usize, default: i64) -> Result<i64, FakeError> {
        let count = self.int(index, default)?.max(0);
        if count > 1_000_000 {
            let name = self.params.get(index).copied().unwrap_or("count");
            return Err(FakeError::new(format!(
                "`{name}` is {count}, the most is 1000000"
            )));
        }
        Ok(count)
    }

    pub(in crate::fake) fn float(&self, index: usize) -> Result<Option<f64>, FakeError> {
        match self.given(index) {
            None => Ok(None),
            Some(Datum::Int(value)) => Ok(Some(*value as f64)),
            Some(Datum::Float(value)) if value.is_finite() => Ok(Some(*value)),
            Some(_) => Err(self.unfit(index, "a finite number")),
        }
    }

    /// Python's truth of an argument.
    pub(in crate::fake) fn flag(&self, index: usize, default: bool) -> bool {
        match self.args.get(index).and_then(Option::as_ref) {
            None => default,
            Some(Datum::None) => false,
            Some(Datum::Bool(value)) => *value,
            Some(Datum::Int(value)) => *value != 0,
            Some(Datum::Float(value)) => *value != 0.0,
            Some(Datum::Text(text)) => !text.is_empty(),
            Some(Datum::List(items) | Datum::Tuple(items)) => !items.is_empty(),
            Some(_) => true,
        }
    }

    pub(in crate::fake) fn text(&self, index: usize) -> Result<Option<&str>, FakeError> {
        match self.given(index) {
            None => Ok(None),
            Some(datum) => datum
                .as_text()
                .map(Some)
                .ok_or_else(|| self.unfit(index, "a text")),
        }
    }

    /// A text of an ASCII set of characters, or the default set.
    pub(in crate::fake) fn list(&self, index: usize) -> Result<Option<&[Datum]>, FakeError> {
        match self.given(index) {
            None => Ok(None),
            Some(Datum::List(items) | Datum::Tuple(items)) => Ok(Some(items)),
            Some(_) => Err(self.unfit(index, "a list")),
        }
    }

    /// One of a list of words given by the caller.
    pub(in crate::fake) fn pick_given(
        &mut self,
        index: usize,
    ) -> Result<Option<String>, FakeError> {
        let Some(items) = self.list(index)? else {
            return Ok(None);
        };
        let at = super::super::rand::index(self.random, items.len());
        let item = at.and_then(|at| self.list(index).ok().flatten()?.get(at));
        match item.map(Datum::as_text) {
            Some(Some(text)) => Ok(Some(text.to_owned())),
            Some(None) => Err(self.unfit(index, "a list of texts")),
            None => Err(self.unfit(index, "a list that is not empty")),
        }
    }

    /// A value of another provider, without arguments.
    pub(in crate::fake) fn other(&mut self, name: &str) -> Answer {
        let Some(provider) = super::provider(name) else {
            let near = near(name, super::providers().map(|provider| provider.name));
            let error = FakeError::new(format!("there is no provider `{name}`"));
            return Err(match near.as_slice() {
                [] => error,
                names => error.help(format!("did you mean {}?", names.join(", "))),
            });
        };
        provider.call(self.random, self.locale, &[], self.now)
    }

    /// As [`Call::other`], printed.
    pub(in crate::fake) fn other_text(&mut self, name: &str) -> Result<String, FakeError> {
        self.other(name)
            .map(|datum| super::pattern::printed(&datum))
    }
}

impl std::fmt::Debug for Call<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Call")
            .field("locale", &self.locale.code)
            .field("args", &self.args)
            .finish_non_exhaustive()
    }
}

/// Up to three known names that look like `name`, nearest first.
pub(in crate::fake) fn near<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut scored: Vec<(f64, &str)> = known
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(score, _)| *score > 0.8)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    scored.into_iter().take(3).map(|(_, name)| name).collect()
}
