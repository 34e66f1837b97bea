//! What formatter templates may use here and not in Eventum: allowed, and said.

use std::path::Path;

use crate::config::{Context, Node};

/// Tags that Eventum's formatter templates do not have.
const TAGS: [&str; 3] = ["do", "break", "continue"];

/// Warns of what an inline template has beyond the reference.
pub(super) fn inline(node: &Node, cx: &mut Context<'_>) {
    let Some(text) = node.as_str().filter(|_| !node.unknown) else {
        return;
    };
    additions(text, node, "template", cx);
    if (text.contains("{%") || text.contains("{#")) && !is_raw(node, cx) {
        cx.within(".template", |cx| {
            cx.warn(
                node.span,
                "the project is not portable: Eventum evaluates block tags and comments of an inline \
                 template while it loads the document",
                "put the template into a file (`template_path`), or between `{% raw %}` and \
                 `{% endraw %}`",
            );
        });
    }
}

/// Warns of what a template in a file has beyond the reference.
pub(super) fn file(node: &Node, path: &Path, cx: &mut Context<'_>) {
    // A file that cannot be read is reported when the formatter is made.
    if let Ok(bytes) = cx.files.read(&cx.base.join(path)) {
        additions(&String::from_utf8_lossy(&bytes), node, "template_path", cx);
    }
}

fn additions(text: &str, node: &Node, option: &str, cx: &mut Context<'_>) {
    let filter = text.match_indices("fromjson").any(|(at, _)| {
        let before = text.get(..at).unwrap_or_default();
        before.trim_end().ends_with('|')
    });
    let mut found: Vec<String> = Vec::new();
    found.extend(filter.then(|| "the filter `fromjson`".to_owned()));
    for tag in TAGS {
        if has_tag(text, tag) {
            found.push(format!("the tag `{tag}`"));
        }
    }
    if !found.is_empty() {
        let message = format!(
            "the project is not portable: formatter templates of Eventum do not have {}",
            found.join(", ")
        );
        let help = "nothing to do for runs in evtui";
        cx.within(&format!(".{option}"), |cx| {
            cx.warn(node.span, message, help)
        });
    }
}

fn has_tag(text: &str, tag: &str) -> bool {
    text.split("{%").skip(1).any(|behind| {
        let inner = behind.trim_start_matches(['-', '+']).trim_start();
        let rest = inner.strip_prefix(tag);
        rest.is_some_and(|rest| !rest.starts_with(|one: char| one.is_alphanumeric() || one == '_'))
    })
}

/// True when the document protects the value, which does not show in the value itself.
fn is_raw(node: &Node, cx: &Context<'_>) -> bool {
    let Ok(bytes) = cx.files.read(cx.path) else {
        return true;
    };
    let text = String::from_utf8_lossy(&bytes);
    let line = |line: u32| usize::try_from(line).unwrap_or(usize::MAX);
    let (first, last) = (line(node.span.start.line), line(node.span.end.line));
    // Lines count from 1; the mark may stand on the one before.
    let lines = text.lines().skip(first.saturating_sub(2));
    let mut lines = lines.take(last.saturating_sub(first).saturating_add(2));
    lines.any(|line| has_tag(line, "raw"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::Arc;

    use super::*;
    use crate::config::{LoadOptions, Overlay, load};
    use crate::output::PLUGINS;

    /// Warnings about an output's formatter, in a project with a template `t.jinja`.
    fn warnings(formatter: &str) -> Vec<String> {
        let text = format!(
            "input:\n  - static: {{count: 1}}\nevent:\n  replay: {{path: x}}\noutput:\n  - drop:\n      \
             formatter: {formatter}\n"
        );
        let mut files = Overlay::default();
        let path = Path::new("/p/generator.yml");
        files.buffers.insert(path.into(), Arc::from(text));
        let template = "{%- do 1 %}{{ event | fromjson }}";
        files
            .buffers
            .insert("/p/t.jinja".into(), Arc::from(template));
        let loaded = load(path, &files, &LoadOptions::default());
        let (document, mut diagnostics) = (loaded.document.unwrap(), loaded.diagnostics);
        let plugin = PLUGINS
            .iter()
            .find(|one| one.schema.name == "drop")
            .unwrap();
        let mut cx = Context {
            diagnostics: &mut diagnostics,
            path,
            base: Path::new("/p"),
            files: &files,
            calendars: None,
            setting: String::new(),
        };
        (plugin.decode)(&document.outputs[0].body, &mut cx).unwrap();
        let each = diagnostics.0.into_iter();
        each.map(|one| format!("{}: {}", one.setting, one.message))
            .collect()
    }

    #[test]
    fn what_eventum_does_not_have_is_said() {
        let not_there = "the project is not portable: formatter templates of Eventum do not have";
        assert_eq!(
            warnings("{format: template, template: '{{ event | fromjson }}'}"),
            [format!(
                "formatter.template: {not_there} the filter `fromjson`"
            )]
        );
        assert_eq!(
            warnings("{format: template-batch, template_path: t.jinja}"),
            [format!(
                "formatter.template_path: {not_there} the filter `fromjson`, the tag `do`"
            )]
        );
        let blocks = "{format: template, template: '{% if event %}x{% endif %}'}";
        assert!(warnings(blocks)[0].contains("while it loads the document"));
        for portable in [
            "{format: template, template: '{{ event | upper }} fromjson do'}",
            "{format: template, template: '{% raw %}{% if event %}x{% endif %}{% endraw %}'}",
            "\n        format: template\n        template: |\n          {% raw %}\n          \
             {% if event %}x{% endif %}\n          {% endraw %}",
        ] {
            assert!(warnings(portable).is_empty(), "{portable}");
        }
    }
}
