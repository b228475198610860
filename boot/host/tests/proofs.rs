//! The proofs, checked as `lv6 verify` checks them.

use lv6_host::config::Config;
use lv6_host::verify;

#[test]
fn all_proofs_hold() {
    let report = verify::verify(&Config::find().unwrap(), None, true).unwrap_or_else(|error| panic!("{error:#}"));
    assert!(report.modules > 0);
}
