//! Filters on texts.

use crate::template::methods::{self, int_arg, is_python_space, swap_safe, text_arg};
use crate::template::text::{find, substitute_to};
use crate::template::{Args, Ctx, Error, Str, Value, markup, printf};

/// The text of an input, and whether it is safe.
fn soft(input: &Value) -> (Str, bool) {
    (input.text(), matches!(input, Value::Safe(_)))
}

fn mapped(
    input: &Value,
    args: &Args<'_>,
    name: &str,
    map: impl FnOnce(&str) -> String,
) -> Result<Value, Error> {
    args.none(name)?;
    let (text, safe) = soft(input);
    Ok(swap_safe(map(text.as_str()), safe))
}

pub(super) fn upper(_: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    mapped(input, args, "upper", str::to_uppercase)
}

pub(super) fn lower(_: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    mapped(input, args, "lower", str::to_lowercase)
}

pub(super) fn capitalize(_: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    mapped(input, args, "capitalize", methods::capitalize)
}

pub(super) fn string(ctx: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    args.none("string")?;
    Ok(match input {
        Value::Str(_) | Value::Safe(_) => input.clone(),
        input => {
            let text = input.text();
            ctx.step(text.byte_len() as u64 / 64)?;
            Value::Str(text)
        }
    })
}

/// A word starts after whitespace, `-`, `(`, `{`, `[` or `<`.
pub(super) fn title(_: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    args.none("title")?;
    let text = input.text();
    let mut out = String::with_capacity(text.byte_len());
    let mut start = true;
    for one in text.as_str().chars() {
        if start {
            out.extend(one.to_uppercase());
        } else {
            out.extend(one.to_lowercase());
        }
        start = is_python_space(one) || matches!(one, '-' | '(' | '{' | '[' | '<');
    }
    Ok(Value::from(out))
}

pub(super) fn trim(_: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    let [chars] = args.bind("trim", ["chars"], 0)?;
    let (text, safe) = soft(input);
    let set = match chars {
        None | Some(Value::None) => None,
        Some(chars) => Some(text_arg(chars, "trim")?),
    };
    let trimmed = text.as_str().trim_matches(|one: char| match set {
        Some(set) => set.contains(one),
        None => is_python_space(one),
    });
    Ok(swap_safe(trimmed, safe))
}

pub(super) fn replace(ctx: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    let [old, new, count] = args.bind("replace", ["old", "new", "count"], 2)?;
    let (old, new) = (old.unwrap_or(&Value::None), new.unwrap_or(&Value::None));
    let most = match count {
        None | Some(Value::None) => -1,
        Some(count) => int_arg(count, "replace")?,
    };
    let text = input.text();
    let (old, new) = (old.text(), new.text());
    if old.is_empty() {
        return methods::replaced(ctx, text.as_str(), old.as_str(), new.as_str(), most)
            .map(Value::from);
    }
    if find(text.as_bytes(), old.as_bytes()).is_none() {
        return Ok(Value::Str(text));
    }
    let (text, old, new) = (text.as_str(), old.as_str(), new.as_str());
    methods::check_replaced(ctx, text, old, new)?;
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    ctx.captured(|ctx| {
        ctx.write(|_, out| substitute_to(text, old, new, most, out));
        Ok(())
    })
}

pub(super) fn format(ctx: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    if !args.positional.is_empty() && !args.keyword.is_empty() {
        return Err(Error::type_error(
            "format takes positional or keyword arguments, not both",
        ));
    }
    let template = input.text();
    let safe = matches!(input, Value::Safe(_));
    if args.keyword.is_empty() {
        return printf::percent_all(template.as_str(), args.positional, safe, ctx.largest());
    }
    let named = args.keyword.iter();
    let values = Value::dict(named.map(|(name, value)| (Value::from(&**name), value.clone())));
    printf::percent(template.as_str(), &values, safe, ctx.largest())
}

pub(super) fn join(ctx: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    let [separator, attribute] = args.bind("join", ["d", "attribute"], 0)?;
    let separator = separator.map_or(Str::EMPTY, Value::text);
    let key = super::sequence::key_function(attribute, false)?;
    let mut out = Vec::new();
    for (at, item) in ctx.collect(input)?.into_iter().enumerate() {
        if at > 0 {
            out.extend_from_slice(separator.as_bytes());
        }
        let item = match &key {
            Some(key) => key.of(&item)?,
            None => item,
        };
        crate::template::repr::emit(&item, &mut out);
        ctx.check_size(out.len())?;
    }
    Ok(Value::from(String::from_utf8(out).unwrap_or_default()))
}

pub(super) fn center(ctx: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    let [width] = args.bind("center", ["width"], 0)?;
    let width = width.map_or(Ok(80), |width| int_arg(width, "center"))?;
    let width = usize::try_from(width).unwrap_or(0);
    ctx.check_size(width)?;
    let (text, safe) = soft(input);
    let missing = width.saturating_sub(text.char_len());
    let left = missing / 2 + (missing & width & 1);
    let pad = |count: usize| " ".repeat(count);
    Ok(swap_safe(
        std::format!("{}{text}{}", pad(left), pad(missing - left)),
        safe,
    ))
}

pub(super) fn indent(ctx: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    let [width, first, blank] = args.bind("indent", ["width", "first", "blank"], 0)?;
    let (Value::Str(_) | Value::Safe(_)) = input else {
        return Err(Error::type_error(std::format!(
            "indent takes a text, not '{}'",
            input.type_name()
        )));
    };
    let indent = match width {
        None => "    ".to_owned(),
        Some(Value::Str(text)) => text.as_str().to_owned(),
        Some(width) => {
            let width = usize::try_from(int_arg(width, "indent")?).unwrap_or(0);
            ctx.check_size(width)?;
            " ".repeat(width)
        }
    };
    let (text, safe) = soft(input);
    // The reference appends a newline and takes the lines without their ends, whatever ends them.
    let ended = std::format!("{}\n", text.as_str());
    let lines = methods::lines(&ended, false);
    ctx.check_size(lines.len().saturating_mul(indent.len()))?;
    let blank = blank.is_some_and(Value::truth);
    let mut out = String::new();
    for (at, line) in lines.iter().enumerate() {
        if at > 0 {
            out.push('\n');
        }
        let wanted = if at == 0 {
            first.is_some_and(Value::truth)
        } else {
            blank || !line.is_empty()
        };
        if wanted {
            out.push_str(&indent);
        }
        out.push_str(line);
    }
    Ok(swap_safe(out, safe))
}

pub(super) fn truncate(_: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    let names = ["length", "killwords", "end", "leeway"];
    let [length, killwords, end, leeway] = args.bind("truncate", names, 0)?;
    let number = |value: Option<&Value>, missing: i64| match value {
        None | Some(Value::None) => Ok(missing),
        Some(value) => int_arg(value, "truncate"),
    };
    let (length, leeway) = (number(length, 255)?, number(leeway, 5)?);
    let end = end.map_or(Ok("..."), |end| text_arg(end, "truncate"))?;
    let end_len = i64::try_from(end.chars().count()).unwrap_or(i64::MAX);
    if length < end_len {
        return Err(Error::value_error(std::format!(
            "truncate: the length {length} is less than that of the end, {end_len}"
        )));
    }
    if leeway < 0 {
        return Err(Error::value_error("truncate: the leeway is negative"));
    }
    let items = input.len()?;
    let (text, safe) = soft(input);
    if input.as_str().is_none() {
        // As in Python: what has few items comes back whole, and only text can be cut.
        let few = i64::try_from(items).is_ok_and(|items| items <= length.saturating_add(leeway));
        return if few {
            Ok(input.clone())
        } else {
            Err(Error::type_error(std::format!(
                "truncate cuts texts, not '{}'",
                input.type_name()
            )))
        };
    }
    let len = i64::try_from(text.char_len()).unwrap_or(i64::MAX);
    if len <= length.saturating_add(leeway) {
        return Ok(swap_safe(text, safe));
    }
    let keep = usize::try_from(length - end_len).unwrap_or(0);
    let kept: String = text.as_str().chars().take(keep).collect();
    let end = if safe {
        markup::escape(end).into_owned()
    } else {
        end.to_owned()
    };
    let kept = if killwords.is_some_and(Value::truth) {
        kept
    } else {
        match kept.rsplit_once(' ') {
            Some((words, _)) => words.to_owned(),
            None => kept,
        }
    };
    Ok(swap_safe(kept + &end, safe))
}

pub(super) fn wordcount(ctx: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    args.none("wordcount")?;
    let text = input.text();
    ctx.step(text.byte_len() as u64 / 64)?;
    let words = text
        .as_str()
        .split(|one: char| !one.is_alphanumeric() && one != '_');
    Ok(Value::from(words.filter(|word| !word.is_empty()).count()))
}

pub(super) fn pprint(_: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    args.none("pprint")?;
    Ok(Value::from(super::pretty::pretty(input)))
}

pub(super) fn wordwrap(_: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    let names = [
        "width",
        "break_long_words",
        "wrapstring",
        "break_on_hyphens",
    ];
    let [width, long, wrap, hyphens] = args.bind("wordwrap", names, 0)?;
    let width = width.map_or(Ok(79), |width| int_arg(width, "wordwrap"))?;
    let Some(width) = usize::try_from(width).ok().filter(|width| *width > 0) else {
        return Err(Error::value_error("wordwrap: the width must be positive"));
    };
    let wrap = match wrap {
        None | Some(Value::None) => "\n",
        Some(wrap) => text_arg(wrap, "wordwrap")?,
    };
    let long = long.is_none_or(Value::truth);
    let hyphens = hyphens.is_none_or(Value::truth);
    let Some(text) = input.as_str() else {
        return Err(Error::type_error(std::format!(
            "wordwrap takes a text, not '{}'",
            input.type_name()
        )));
    };
    let lines: Vec<String> = text
        .lines()
        .map(|line| wrap_line(line, width, long, hyphens).join(wrap))
        .collect();
    Ok(Value::from(lines.join(wrap)))
}

/// Blanks and words of a line, words cut after hyphens between letters if wanted.
fn chunks(line: &str, hyphens: bool) -> Vec<Vec<char>> {
    let mut found: Vec<Vec<char>> = Vec::new();
    let chars: Vec<char> = line.chars().collect();
    let mut current: Vec<char> = Vec::new();
    for (at, one) in chars.iter().enumerate() {
        let starts = current
            .first()
            .is_some_and(|first| is_python_space(*first) != is_python_space(*one));
        if starts {
            found.push(std::mem::take(&mut current));
        }
        current.push(*one);
        let letter = |at: Option<usize>| {
            at.and_then(|at| chars.get(at))
                .is_some_and(|one| one.is_alphabetic())
        };
        let two_before = letter(at.checked_sub(1)) && letter(at.checked_sub(2));
        if hyphens && *one == '-' && two_before && letter(Some(at + 1)) && letter(Some(at + 2)) {
            found.push(std::mem::take(&mut current));
        }
    }
    found.push(current);
    found.retain(|chunk| !chunk.is_empty());
    found
}

/// The last hyphen that a word may be cut after to have at most `room` characters.
fn hyphen_within(word: &[char], room: usize) -> Option<usize> {
    let at = word.iter().take(room).rposition(|one| *one == '-')?;
    let before = word.get(..at).unwrap_or_default();
    before.iter().any(|one| *one != '-').then_some(at)
}

fn wrap_line(line: &str, width: usize, long: bool, hyphens: bool) -> Vec<String> {
    let mut rest: std::collections::VecDeque<Vec<char>> = chunks(line, hyphens).into();
    let is_blank = |chunk: &[char]| chunk.iter().all(|one| is_python_space(*one));
    let mut lines: Vec<String> = Vec::new();
    while !rest.is_empty() {
        if !lines.is_empty() && rest.front().is_some_and(|chunk| is_blank(chunk)) {
            rest.pop_front();
        }
        let mut taken: Vec<Vec<char>> = Vec::new();
        let mut len = 0;
        while let Some(chunk) = rest.front() {
            if len + chunk.len() > width {
                break;
            }
            len += chunk.len();
            taken.extend(rest.pop_front());
        }
        if let Some(chunk) = rest.front_mut()
            && chunk.len() > width
        {
            if long {
                let room = width - len;
                let room = match hyphen_within(chunk, room).filter(|_| hyphens) {
                    Some(hyphen) => hyphen + 1,
                    None => room,
                };
                let tail = chunk.split_off(room.min(chunk.len()));
                taken.push(std::mem::replace(chunk, tail));
            } else if taken.is_empty() {
                taken.extend(rest.pop_front());
            }
        }
        if taken.last().is_some_and(|chunk| is_blank(chunk)) {
            taken.pop();
        }
        if !taken.is_empty() {
            lines.push(taken.concat().into_iter().collect());
        }
    }
    lines
}
