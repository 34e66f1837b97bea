//! Words, sentences and texts in the language of the locale.

use super::super::FakeError;
use super::{Answer, Call, Datum, Provider};

pub(super) static PROVIDERS: &[Provider] = &[
    Provider::new("word", &["part_of_speech", "ext_word_list"], |call| {
        part_of_speech(call, 0)?;
        word(call, 1)
    }),
    Provider::new(
        "words",
        &["nb", "ext_word_list", "part_of_speech", "unique"],
        words,
    ),
    Provider::new(
        "get_words_list",
        &["part_of_speech", "ext_word_list"],
        |call| {
            part_of_speech(call, 0)?;
            Ok(Datum::List(match call.list(1)? {
                Some(given) => given.to_vec(),
                None => call
                    .locale
                    .data
                    .words
                    .iter()
                    .map(|word| (*word).into())
                    .collect(),
            }))
        },
    ),
    Provider::new(
        "sentence",
        &["nb_words", "variable_nb_words", "ext_word_list"],
        |call| {
            let (count, vary) = (call.count(0, 6)?, call.flag(1, true));
            Ok(sentence_of(call, count, vary, 2)?.into())
        },
    ),
    Provider::new("sentences", &["nb", "ext_word_list"], |call| {
        let count = call.count(0, 3)?;
        many(count, || sentence_of(call, 6, true, 1))
    }),
    Provider::new(
        "paragraph",
        &["nb_sentences", "variable_nb_sentences", "ext_word_list"],
        |call| {
            let (count, vary) = (call.count(0, 3)?, call.flag(1, true));
            Ok(paragraph(call, count, vary, 2)?.into())
        },
    ),
    Provider::new("paragraphs", &["nb", "ext_word_list"], |call| {
        let count = call.count(0, 3)?;
        many(count, || paragraph(call, 3, true, 1))
    }),
    Provider::new("text", &["max_nb_chars", "ext_word_list"], |call| {
        let most = call.count(0, 200)?;
        Ok(text_of(call, most, 1)?.into())
    }),
    Provider::new(
        "texts",
        &["nb_texts", "max_nb_chars", "ext_word_list"],
        |call| {
            let (count, most) = (call.count(0, 3)?, call.count(1, 200)?);
            many(count, || text_of(call, most, 2))
        },
    ),
];

fn many(count: i64, mut make: impl FnMut() -> Result<String, FakeError>) -> Answer {
    let items = (0..count).map(|_| make().map(Datum::Text));
    Ok(Datum::List(items.collect::<Result<_, _>>()?))
}

/// Words are not sorted by their kind here; a known kind gives any word.
fn part_of_speech(call: &Call<'_>, index: usize) -> Result<(), FakeError> {
    const KNOWN: [&str; 7] = [
        "adjective",
        "adverb",
        "noun",
        "preposition",
        "pronoun",
        "verb",
        "conjunction",
    ];
    match call.text(index)? {
        Some(part) if !KNOWN.contains(&part) => {
            Err(FakeError::new(format!("`{part}` is no part of speech"))
                .help(format!("known are {}", KNOWN.join(", "))))
        }
        _ => Ok(()),
    }
}

fn word(call: &mut Call<'_>, list: usize) -> Answer {
    match call.pick_given(list)? {
        Some(word) => Ok(word.into()),
        None => call.one(call.locale.data.words),
    }
}

fn words(call: &mut Call<'_>) -> Answer {
    part_of_speech(call, 2)?;
    let count = call.count(0, 3)?;
    if !call.flag(3, false) {
        let items = (0..count).map(|_| word(call, 1));
        return Ok(Datum::List(items.collect::<Result<_, _>>()?));
    }
    let mut all: Vec<Datum> = match call.list(1)? {
        Some(given) => given.to_vec(),
        None => call
            .locale
            .data
            .words
            .iter()
            .map(|word| (*word).into())
            .collect(),
    };
    let count = usize::try_from(count).unwrap_or(0);
    if count > all.len() {
        return Err(FakeError::new(format!(
            "there are {} different words, not {count}",
            all.len()
        )));
    }
    super::super::rand::shuffle(call.random, &mut all);
    all.truncate(count);
    Ok(Datum::List(all))
}

/// About `count`, as the reference varies it: 60 to 140 percent, at least 1.
fn varied(call: &mut Call<'_>, count: i64) -> i64 {
    let percent = call.between(60, 140);
    (count * percent / 100).max(1)
}

/// A sentence of about six words.
pub(in crate::fake) fn sentence(call: &mut Call<'_>) -> String {
    sentence_of(call, 6, true, usize::MAX).unwrap_or_default()
}

fn sentence_of(
    call: &mut Call<'_>,
    count: i64,
    vary: bool,
    list: usize,
) -> Result<String, FakeError> {
    if count == 0 {
        return Ok(String::new());
    }
    let count = if vary { varied(call, count) } else { count };
    let data = call.locale.data;
    let mut out = String::with_capacity(count as usize * 8);
    for index in 0..count {
        let word = match call.pick_given(list)? {
            Some(word) => std::borrow::Cow::Owned(word),
            None => std::borrow::Cow::Borrowed(call.word(data.words)),
        };
        if index > 0 {
            out.push_str(data.word_gap);
            out.push_str(&word);
        } else {
            let mut letters = word.chars();
            out.extend(letters.next().into_iter().flat_map(char::to_uppercase));
            out.push_str(letters.as_str());
        }
    }
    out.push_str(data.full_stop);
    Ok(out)
}

fn paragraph(
    call: &mut Call<'_>,
    count: i64,
    vary: bool,
    list: usize,
) -> Result<String, FakeError> {
    if count == 0 {
        return Ok(String::new());
    }
    let count = if vary { varied(call, count) } else { count };
    let mut out = String::new();
    for index in 0..count {
        if index > 0 {
            out.push_str(call.locale.data.word_gap);
        }
        out.push_str(&sentence_of(call, 6, true, list)?);
    }
    Ok(out)
}

fn text_of(call: &mut Call<'_>, most: i64, list: usize) -> Result<String, FakeError> {
    if most < 5 {
        return Err(FakeError::new("a text has at least 5 characters"));
    }
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let (mut out, mut length) = (String::new(), 0);
    if most < 25 {
        // Words as long as they fit.
        while let Some(word) = word(call, list)?.as_text().map(str::to_owned) {
            let more = word.chars().count() + 1;
            if length + more > most {
                break;
            }
            if !out.is_empty() {
                out.push_str(call.locale.data.word_gap);
            }
            out.push_str(&word);
            length += more;
        }
        if out.is_empty() {
            let word = call.word(call.locale.data.words);
            out.extend(word.chars().take(most - 1));
        }
        out.push_str(call.locale.data.full_stop);
        let capital = out
            .chars()
            .next()
            .map(|first| first.to_uppercase().to_string());
        return Ok(capital.unwrap_or_default() + out.get(first_len(&out)..).unwrap_or(""));
    }
    let mut tries = 0;
    loop {
        let size = if most < 100 { 4 } else { 6 };
        let next = sentence_of(call, size, true, list)?;
        let more = next.chars().count() + usize::from(!out.is_empty());
        if length + more > most {
            tries += 1;
            if !out.is_empty() || tries > 20 {
                break;
            }
            continue;
        }
        if !out.is_empty() {
            out.push_str(if call.chance(0.2) { "\n" } else { " " });
        }
        out.push_str(&next);
        length += more;
    }
    if out.is_empty() {
        return text_of(call, 24, list);
    }
    Ok(out)
}

fn first_len(text: &str) -> usize {
    text.chars().next().map_or(0, char::len_utf8)
}
