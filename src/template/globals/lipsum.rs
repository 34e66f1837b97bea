//! `lipsum(...)`: filler text.

use crate::template::methods::int_arg;
use crate::template::{Args, Ctx, Error, Value, methods};

const WORDS: &str = "a ac accumsan ad adipiscing aenean aliquam aliquet amet ante aptent arcu at \
auctor augue bibendum blandit class commodo condimentum congue consectetuer consequat conubia \
convallis cras cubilia cum curabitur curae cursus dapibus diam dictum dictumst dignissim dis dolor \
donec dui duis egestas eget eleifend elementum elit enim erat eros est et etiam eu euismod facilisi \
facilisis fames faucibus felis fermentum feugiat fringilla fusce gravida habitant habitasse hac \
hendrerit hymenaeos iaculis id imperdiet in inceptos integer interdum ipsum justo lacinia lacus \
laoreet lectus leo libero ligula litora lobortis lorem luctus maecenas magna magnis malesuada massa \
mattis mauris metus mi molestie mollis montes morbi mus nam nascetur natoque nec neque netus nibh \
nisi nisl non nonummy nostra nulla nullam nunc odio orci ornare parturient pede pellentesque \
penatibus per pharetra phasellus placerat platea porta porttitor posuere potenti praesent pretium \
primis proin pulvinar purus quam quis quisque rhoncus ridiculus risus rutrum sagittis sapien \
scelerisque sed sem semper senectus sit sociis sociosqu sodales sollicitudin suscipit suspendisse \
taciti tellus tempor tempus tincidunt torquent tortor tristique turpis ullamcorper ultrices \
ultricies urna ut varius vehicula vel velit venenatis vestibulum vitae vivamus viverra volutpat \
vulputate";

pub(super) fn lipsum(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [count, html, least, most] = args.bind("lipsum", ["n", "html", "min", "max"], 0)?;
    let int = |value: Option<&Value>, missing| {
        value.map_or(Ok(missing), |value| int_arg(value, "lipsum()"))
    };
    let (count, least, most) = (int(count, 5)?, int(least, 20)?, int(most, 100)?);
    let Some(spread) = most.checked_sub(least).and_then(|wide| u64::try_from(wide).ok()).filter(|wide| *wide > 0)
    else {
        return Err(Error::value_error("lipsum(): 'min' must be below 'max'"));
    };
    let html = html.is_none_or(Value::truth);
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    let mut text = String::new();
    for at in 0..count {
        if at > 0 {
            text.push_str(if html { "\n" } else { "\n\n" });
        }
        let drawn = ctx.random().below(spread);
        let length = least.saturating_add(i64::try_from(drawn).unwrap_or(0));
        if html {
            text.push_str("<p>");
        }
        paragraph(ctx, &words, length, &mut text)?;
        if html {
            text.push_str("</p>");
        }
    }
    Ok(methods::swap_safe(text, html))
}

fn paragraph(
    ctx: &mut Ctx<'_>,
    words: &[&str],
    length: i64,
    out: &mut String,
) -> Result<(), Error> {
    let (mut comma, mut stop) = (0, 0);
    let mut start = true;
    let mut last = "";
    let mut between = |ctx: &mut Ctx<'_>, low: i64, bound: u64| {
        low + i64::try_from(ctx.random().below(bound)).unwrap_or(0)
    };
    for at in 0..length {
        ctx.step(1)?;
        ctx.check_size(out.len())?;
        let mut word = last;
        while word == last {
            let drawn = ctx.random().below(words.len() as u64);
            word = words.get(usize::try_from(drawn).unwrap_or(0)).copied().unwrap_or("lorem");
        }
        last = word;
        if at > 0 {
            out.push(' ');
        }
        if start {
            out.push_str(&methods::capitalize(word));
            start = false;
        } else {
            out.push_str(word);
        }
        if at - between(ctx, 3, 5) > comma {
            comma = at;
            stop += 2;
            out.push(',');
        }
        if at - between(ctx, 10, 10) > stop {
            (comma, stop, start) = (at, at, true);
            out.push('.');
        }
    }
    if out.ends_with(',') {
        out.pop();
    }
    if !out.ends_with('.') {
        out.push('.');
    }
    Ok(())
}
