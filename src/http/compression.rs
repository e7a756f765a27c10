//! Answers compressed as the client accepts it: gzip, brotli or zstd.

use tower_http::{
    CompressionLevel,
    compression::{CompressionLayer, predicate::SizeAbove},
};

/// Below this size in bytes an answer fits into one packet, and compressing it gains nothing.
const SMALLEST: u16 = 1024;

/// What is spent on it: the third of the levels of gzip, brotli and zstd, each of which is made for
/// answers that are compressed once and sent once.
const LEVEL: CompressionLevel = CompressionLevel::Precise(3);

/// The layer around routes whose answers can be long.
pub fn layer() -> CompressionLayer<SizeAbove> {
    CompressionLayer::new().quality(LEVEL).compress_when(SizeAbove::new(SMALLEST))
}
