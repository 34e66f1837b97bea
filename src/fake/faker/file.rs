//! Files, paths, media types and devices.

use super::super::FakeError;
use super::super::rand::text;
use super::table::Words;
use super::{Answer, Call, Provider};

pub(super) static PROVIDERS: &[Provider] = &[
    Provider::new("mime_type", &["category"], |call| {
        let kinds = category(call, 0, MIME_TYPES)?;
        call.one(kinds)
    }),
    Provider::new("file_extension", &["category"], |call| {
        let kinds = category(call, 0, EXTENSIONS)?;
        call.one(kinds)
    }),
    Provider::new("file_name", &["category", "extension"], |call| {
        let stem = call.word(call.locale.data.words);
        let extension = match call.text(1)? {
            Some(extension) => extension.to_owned(),
            None => {
                let kinds = category(call, 0, EXTENSIONS)?;
                call.word(kinds).to_owned()
            }
        };
        Ok(named(stem, &extension).into())
    }),
    Provider::new(
        "file_path",
        &[
            "depth",
            "category",
            "extension",
            "absolute",
            "file_system_rule",
            "allowed_path_traversal_elements",
        ],
        file_path,
    ),
    Provider::new("unix_device", &["prefix"], |call| Ok(device(call)?.into())),
    Provider::new("unix_partition", &["prefix"], |call| {
        let device = device(call)?;
        Ok(format!("{device}{}", call.digit()).into())
    }),
];

/// Kinds and what belongs to each.
type Kinds = &'static [(&'static str, Words)];

#[rustfmt::skip]
pub(in crate::fake) const MIME_TYPES: Kinds = &[
    ("application", &["application/atom+xml", "application/ecmascript", "application/EDI-X12", "application/EDIFACT",
        "application/json", "application/javascript", "application/ogg", "application/pdf", "application/xhtml+xml",
        "application/xml-dtd", "application/zip", "application/gzip", "application/octet-stream", "application/font-woff"]),
    ("audio", &["audio/basic", "audio/mp4", "audio/mpeg", "audio/ogg", "audio/vorbis", "audio/webm", "audio/L24"]),
    ("image", &["image/gif", "image/jpeg", "image/pjpeg", "image/png", "image/svg+xml", "image/tiff", "image/vnd.microsoft.icon"]),
    ("message", &["message/http", "message/imdn+xml", "message/partial", "message/rfc822"]),
    ("model", &["model/example", "model/iges", "model/mesh", "model/vrml", "model/x3d+binary", "model/x3d+xml"]),
    ("multipart", &["multipart/mixed", "multipart/alternative", "multipart/related", "multipart/form-data",
        "multipart/signed", "multipart/encrypted"]),
    ("text", &["text/cmd", "text/css", "text/csv", "text/html", "text/javascript", "text/plain", "text/vcard", "text/xml"]),
    ("video", &["video/mpeg", "video/mp4", "video/ogg", "video/quicktime", "video/webm", "video/x-matroska", "video/x-ms-wmv",
        "video/x-flv"]),
];
#[rustfmt::skip]
pub(in crate::fake) const EXTENSIONS: Kinds = &[
    ("audio", &["flac", "mp3", "wav"]),
    ("image", &["bmp", "gif", "jpeg", "jpg", "png", "tiff"]),
    ("office", &["doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "odp", "pages", "numbers", "key", "pdf"]),
    ("text", &["css", "csv", "html", "js", "json", "txt"]),
    ("video", &["mp4", "avi", "mov", "webm"]),
];

fn category(call: &mut Call<'_>, index: usize, kinds: Kinds) -> Result<Words, FakeError> {
    match call.text(index)? {
        None => Ok(call.pick(kinds).map_or(&[], |(_, items)| items)),
        Some(wanted) => {
            let found = kinds.iter().find(|(name, _)| *name == wanted);
            found.map(|(_, items)| *items).ok_or_else(|| {
                let names: Vec<&str> = kinds.iter().map(|(name, _)| *name).collect();
                FakeError::new(format!("`{wanted}` is no category"))
                    .help(format!("known are {}", names.join(", ")))
            })
        }
    }
}

fn named(stem: &str, extension: &str) -> String {
    if extension.is_empty() {
        return stem.to_owned();
    }
    format!("{stem}.{extension}")
}

fn file_path(call: &mut Call<'_>) -> Answer {
    let depth = call.count(0, 1)?.min(1000);
    let extension = match call.given(2) {
        Some(super::Datum::List(_) | super::Datum::Tuple(_)) => {
            call.pick_given(2)?.unwrap_or_default()
        }
        Some(_) => call.text(2)?.unwrap_or("").to_owned(),
        None => {
            let kinds = category(call, 1, EXTENSIONS)?;
            call.word(kinds).to_owned()
        }
    };
    let (root, separator) = match call.text(4)?.unwrap_or("linux") {
        "linux" => ("/", '/'),
        "windows" => ("C:\\", '\\'),
        other => {
            return Err(FakeError::new(format!("`{other}` is no file system rule"))
                .help("known are `linux` and `windows`"));
        }
    };
    let mut out = String::new();
    if call.flag(3, true) {
        out.push_str(root);
    }
    for _ in 0..depth {
        match call.pick_given(5)? {
            Some(element) => out.push_str(&element),
            None => out.push_str(call.word(call.locale.data.words)),
        }
        out.push(separator);
    }
    let stem = call.word(call.locale.data.words);
    out.push_str(&named(stem, &extension));
    Ok(out.into())
}

fn device(call: &mut Call<'_>) -> Result<String, FakeError> {
    let prefix = match call.text(0)? {
        Some(prefix) => prefix.to_owned(),
        None => call.word(&["sd", "vd", "xvd"]).to_owned(),
    };
    Ok(format!("/dev/{prefix}{}", call.character(text::LOWERCASE)))
}
