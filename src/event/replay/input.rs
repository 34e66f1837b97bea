//! Where the bytes of a replayed file come from: the file, what is packed in it, or an unsaved text.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Chain, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

/// Bytes read from a packed file at a time.
const PACKED: usize = 1 << 16;

/// What is read, again and again when it repeats.
#[derive(Clone, Debug)]
pub(super) enum Origin {
    /// A file; its extension says whether it is packed.
    File(PathBuf),
    /// A text that is not saved yet.
    Text(Arc<str>),
}

/// A stream of unpacked bytes.
pub(super) enum Input {
    Plain(File),
    Gz(MultiGzDecoder<BufReader<File>>),
    Zst(Box<Zst>),
    Text(Cursor<Arc<[u8]>>),
}

impl std::fmt::Debug for Input {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Plain(_) => "Plain",
            Self::Gz(_) => "Gz",
            Self::Zst(_) => "Zst",
            Self::Text(_) => "Text",
        })
    }
}

impl Origin {
    pub(super) fn open(&self) -> io::Result<Input> {
        let path = match self {
            Self::File(path) => path,
            Self::Text(text) => return Ok(Input::Text(Cursor::new(Arc::from(text.as_bytes())))),
        };
        let file = File::open(path)?;
        let packed = |file| BufReader::with_capacity(PACKED, file);
        Ok(match packing(path) {
            Some("gz") => Input::Gz(MultiGzDecoder::new(packed(file))),
            Some(_) => Input::Zst(Box::new(Zst {
                source: Some(packed(file)),
                frame: None,
                failure: None,
            })),
            None => Input::Plain(file),
        })
    }
}

/// How a file is packed, by its extension.
fn packing(path: &Path) -> Option<&'static str> {
    let extension = path.extension()?.to_str()?.to_lowercase();
    match extension.as_str() {
        "gz" => Some("gz"),
        "zst" => Some("zst"),
        _ => None,
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(file) => file.read(buffer),
            Self::Gz(decoder) => decoder
                .read(buffer)
                .map_err(|error| damaged("gzip", &error)),
            Self::Zst(decoder) => decoder
                .read(buffer)
                .map_err(|error| damaged("zstd", &error)),
            Self::Text(text) => text.read(buffer),
        }
    }
}

fn damaged(kind: &str, error: &io::Error) -> io::Error {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        let message = format!("the {kind} archive is cut short");
        return io::Error::new(io::ErrorKind::UnexpectedEof, message);
    }
    let message = format!("the {kind} archive is damaged: {error}");
    io::Error::new(error.kind(), message)
}

/// Frames of zstd, one after the other.
pub(super) struct Zst {
    /// Between frames.
    source: Option<BufReader<File>>,
    frame: Option<Frame>,
    /// The error to tell once all that was unpacked before it is taken.
    failure: Option<io::Error>,
}

type Frame = StreamingDecoder<Chain<Cursor<[u8; 4]>, BufReader<File>>, FrameDecoder>;

impl Read for Zst {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if let Some(frame) = &mut self.frame {
                let read = match &self.failure {
                    None => frame.read(buffer),
                    Some(_) => frame.decoder.read(buffer),
                };
                match read {
                    Ok(0) => {}
                    Ok(read) => return Ok(read),
                    Err(error) if self.failure.is_none() => {
                        self.failure = Some(error);
                        continue;
                    }
                    Err(_) => {}
                }
                if let Some(error) = self.failure.take() {
                    return Err(error);
                }
                let decoder = &frame.decoder;
                let wanted = decoder.get_checksum_from_data();
                if wanted.is_some() && wanted != decoder.get_calculated_checksum() {
                    return Err(invalid("its checksum is wrong"));
                }
                let frame = self.frame.take();
                self.source = frame.map(|frame| frame.into_inner().into_inner().1);
            }
            let Some(mut source) = self.source.take() else {
                return Ok(0);
            };
            if source.fill_buf()?.is_empty() {
                self.source = Some(source);
                return Ok(0);
            }
            self.begin(source)?;
        }
    }
}

impl Zst {
    /// Begins the next frame; one that holds no data is passed over.
    fn begin(&mut self, mut source: BufReader<File>) -> io::Result<()> {
        let mut magic = [0; 4];
        source.read_exact(&mut magic)?;
        if u32::from_le_bytes(magic) & 0xFFFF_FFF0 == 0x184D_2A50 {
            let mut length = [0; 4];
            source.read_exact(&mut length)?;
            let length = u64::from(u32::from_le_bytes(length));
            io::copy(&mut source.by_ref().take(length), &mut io::sink())?;
            self.source = Some(source);
            return Ok(());
        }
        let frame = StreamingDecoder::new(Cursor::new(magic).chain(source));
        self.frame = Some(frame.map_err(|error| invalid(&error.to_string()))?);
        Ok(())
    }
}

fn invalid(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}
