//! The output `opensearch` against the golden vectors.

use super::output_http::run_suite;

#[test]
fn opensearch() {
    run_suite("outputs/opensearch.json", "output_opensearch::opensearch");
}
