//! Formatters and the outputs stdout, file and drop against the golden vectors.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::decisions::{Suite, load, same};
use super::driven::{Driven, batch, bytes, decode, same_fields, write_files};
use evtui::config::Disk;
use evtui::output::{Encoding, FormatEnv, Formatted, PLUGINS};
use serde_json::Value;

/// As the reference's `write_timeout`.
const TIMEOUT: Duration = Duration::from_secs(10);

#[test]
fn formatters() {
    let mut suite = Suite::new("outputs/formatters.json");
    for case in load("outputs/formatters.json")["cases"].as_array().unwrap() {
        suite.case(case["name"].as_str().unwrap(), || formatter_case(case));
    }
    suite.finish();
}

fn formatter_case(case: &Value) -> Result<(), String> {
    let base = tempfile::tempdir().unwrap();
    write_files(base.path(), case);
    let config = serde_json::json!({"formatter": case["formatter"]});
    let decoded = match (
        decode("drop", &config, base.path()),
        case.get("expect_config_error"),
    ) {
        (Ok(config), None) => config,
        (Err(_), Some(_)) => return Ok(()),
        (Ok(_), Some(_)) => return Err("it was not refused".to_owned()),
        (Err(problems), None) => return Err(format!("it was refused: {problems:?}")),
    };
    let built = decoded
        .format()
        .build(&FormatEnv::new(base.path(), Arc::new(Disk)));
    let mut formatter = match (built, case.get("expect_init_error")) {
        (Ok(formatter), None) => formatter,
        (Err(_), Some(_)) => return Ok(()),
        (Ok(_), Some(_)) => return Err("it was built".to_owned()),
        (Err(error), None) => return Err(format!("it was not built: {error}")),
    };
    let events = batch(&case["events"]);
    let mut out = Formatted::default();
    formatter.format(&events, "", &mut out);
    let expect = &case["expect"];
    let ours: Vec<Vec<u8>> = out.items().map(<[u8]>::to_vec).collect();
    let theirs: Vec<Vec<u8>> = expect["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(bytes)
        .collect();
    same("events", &ours, &theirs)?;
    same(
        "formatted",
        &Some(out.events()),
        &expect["formatted_count"].as_u64(),
    )?;
    same(
        "all events are decided",
        &(out.events() + out.lost()),
        &(events.len() as u64),
    )?;
    let failures = out.failures().iter().map(|failure| {
        let event = failure
            .event
            .map(|index| String::from_utf8_lossy(events.get(index)).into_owned());
        (plain_reason(&failure.reason.to_string()), event)
    });
    let expected = expect["errors"].as_array().unwrap().iter().map(|error| {
        let event = error.get("original_event").filter(|event| !event.is_null());
        let event = event.map(|event| String::from_utf8(bytes(event)).unwrap());
        (plain_reason(error["message"].as_str().unwrap()), event)
    });
    same(
        "errors",
        &failures.collect::<Vec<_>>(),
        &expected.collect::<Vec<_>>(),
    )
}

/// The texts of JSON errors are ours too; of template errors only the fact, as the reference shows its
/// library's words.
fn plain_reason(message: &str) -> String {
    if message.contains("render template: ") {
        "Failed to render template".to_owned()
    } else {
        message.to_owned()
    }
}

#[test]
fn configs() {
    let mut suite = Suite::new("outputs/config.json");
    let mut elsewhere = 0;
    for case in load("outputs/config.json")["cases"].as_array().unwrap() {
        let plugin = case["plugin"].as_str().unwrap();
        if !PLUGINS.iter().any(|known| known.schema.name == plugin) {
            elsewhere += 1;
            continue;
        }
        let crashed = case.get("crash").is_some();
        let marks: &[&str] = if crashed { &["crash"] } else { &[] };
        suite.marked(case["name"].as_str().unwrap(), marks, || {
            let decoded = decode(plugin, &case["config"], Path::new("/"));
            match (decoded, case["ok"].as_bool()) {
                (Err(_), Some(false)) if crashed => Ok(()),
                (Ok(_), Some(false)) => Err(format!("it was not refused: {}", case["config"])),
                (Ok(_), _) => Ok(()),
                (Err(problems), Some(false)) => same_fields(&problems, &case["errors"]),
                (Err(problems), _) => Err(format!("it was refused: {problems:?}")),
            }
        });
    }
    super::decisions::say(&format!(
        "outputs/config.json: {elsewhere} cases of outputs that are not built in"
    ));
    suite.finish();
}

#[test]
fn encodings() {
    let mut suite = Suite::new("outputs/encodings.json");
    for case in load("outputs/encodings.json")["cases"].as_array().unwrap() {
        suite.case(case["name"].as_str().unwrap(), || encoding_case(case));
    }
    suite.finish();
}

fn encoding_case(case: &Value) -> Result<(), String> {
    let name = case["encoding"].as_str().unwrap();
    let encoding = Encoding::named(name).ok_or("not supported")?;
    let encoded = |text: &str| {
        let mut out = encoding.mark().to_vec();
        encoding.encode(text, &mut out).map(|()| out)
    };
    for (byte, code) in case["table"].as_array().into_iter().flatten().enumerate() {
        let char = code
            .as_u64()
            .and_then(|code| char::from_u32(u32::try_from(code).unwrap()));
        if let Some(char) = char {
            let ours = encoded(&char.to_string());
            same("byte", &ours, &Ok(vec![u8::try_from(byte).unwrap()]))?;
        }
    }
    if let Some(table) = case["table"].as_array() {
        let known = |code: u32| {
            table
                .iter()
                .any(|known| known.as_u64() == Some(u64::from(code)))
        };
        for char in ('\0'..='\u{3000}').filter(|&char| !known(u32::from(char))) {
            same("refused", &encoded(&char.to_string()), &Err(char))?;
        }
    }
    for sample in case["samples"].as_array().into_iter().flatten() {
        let ours = encoded(sample["text"].as_str().unwrap()).ok();
        let theirs = sample.get("base64").map(|_| bytes(&sample_bytes(sample)));
        same("sample", &ours, &theirs)?;
    }
    Ok(())
}

/// The expected bytes of a sample, without its text.
fn sample_bytes(sample: &Value) -> Value {
    serde_json::json!({"base64": sample["base64"]})
}

#[test]
fn stdout() {
    let mut suite = Suite::new("outputs/stdout.json");
    for case in load("outputs/stdout.json")["cases"].as_array().unwrap() {
        suite.case(case["name"].as_str().unwrap(), || stdout_case(case));
    }
    suite.finish();
}

fn stdout_case(case: &Value) -> Result<(), String> {
    let base = tempfile::tempdir().unwrap();
    let expect = &case["expect"];
    let decoded = decode("stdout", &case["config"], base.path());
    if let Some(errors) = expect.get("config_error") {
        let problems = decoded.err().ok_or("it was not refused")?;
        return same_fields(&problems, errors);
    }
    let config = decoded.map_err(|problems| format!("it was refused: {problems:?}"))?;
    let mut driven = Driven::new(config, base.path(), TIMEOUT).unwrap();
    driven.open().unwrap();
    for (events, result) in case["writes"]
        .as_array()
        .unwrap()
        .iter()
        .zip(expect["results"].as_array().unwrap())
    {
        let ours = driven.write(events);
        match result.as_u64() {
            Some(count) => same("result", &ours, &Ok(count))?,
            None => same("fails", &ours.is_err(), &true)?,
        }
    }
    driven.close();
    let [out, err] = driven.captured.lock().unwrap().clone();
    same("standard output", &out, &bytes(&expect["stdout"]))?;
    same("standard error", &err, &bytes(&expect["stderr"]))?;
    driven.counters(&expect["counters"], case)
}

#[test]
fn file() {
    let mut suite = Suite::new("outputs/file.json");
    for case in load("outputs/file.json")["cases"].as_array().unwrap() {
        suite.case(case["name"].as_str().unwrap(), || file_case(case));
    }
    suite.finish();
}

fn file_case(case: &Value) -> Result<(), String> {
    let base = tempfile::tempdir().unwrap();
    let decoded = decode("file", &case["config"], base.path());
    if let Some(errors) = case
        .get("expect")
        .and_then(|expect| expect.get("config_error"))
    {
        let problems = decoded.err().ok_or("it was not refused")?;
        return same_fields(&problems, errors);
    }
    let config = decoded.map_err(|problems| format!("it was refused: {problems:?}"))?;
    let mut driven = Driven::new(config, base.path(), TIMEOUT).unwrap();
    for (index, step) in case["steps"].as_array().unwrap().iter().enumerate() {
        file_step(&mut driven, base.path(), step, case)
            .map_err(|difference| format!("step {index} {step}: {difference}"))?;
    }
    Ok(())
}

fn file_step(driven: &mut Driven, base: &Path, step: &Value, case: &Value) -> Result<(), String> {
    let expect = &step["expect"];
    let path = || -> PathBuf { base.join(step["path"].as_str().unwrap()) };
    match step["op"].as_str().unwrap() {
        "create" => {
            std::fs::write(path(), bytes(&serde_json::json!({"text": step["text"]}))).unwrap();
            set_mode(&path(), step["mode"].as_str().unwrap());
        }
        "mkdir" => std::fs::create_dir_all(path()).unwrap(),
        "delete" => std::fs::remove_file(path()).unwrap(),
        "rename" => std::fs::rename(path(), base.join(step["to"].as_str().unwrap())).unwrap(),
        "sleep" => driven.sleep(step["seconds"].as_f64().unwrap()),
        "close" => driven.close(),
        "open" => {
            let failed = driven.open().is_err();
            same("open fails", &failed, &expect.get("error").is_some())?;
        }
        "write" => {
            let ours = driven.write(&step["events"]);
            match expect["result"].as_u64() {
                Some(count) => same("result", &ours, &Ok(count))?,
                None => same("fails", &ours.is_err(), &true)?,
            }
        }
        "read" => {
            let content = &expect["content"];
            let theirs = (!content.is_null()).then(|| bytes(content));
            same("content", &std::fs::read(path()).ok(), &theirs)?;
        }
        "stat" => same(
            "mode",
            &mode(&path()),
            &expect["mode"].as_str().unwrap().to_owned(),
        )?,
        // The output is due for closing when, and only when, its handle is open.
        "handle" => same(
            "handle",
            &driven.has_due(),
            &expect["open"].as_bool().unwrap(),
        )?,
        "counters" => driven.counters(expect, case)?,
        other => panic!("unknown step {other}"),
    }
    Ok(())
}

#[cfg(unix)]
fn mode(path: &Path) -> String {
    use std::os::unix::fs::PermissionsExt;
    format!(
        "{:o}",
        std::fs::metadata(path).unwrap().permissions().mode() & 0o7777
    )
}

#[cfg(unix)]
fn set_mode(path: &Path, digits: &str) {
    use std::os::unix::fs::PermissionsExt;
    let mode = u32::from_str_radix(digits, 8).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}
