//! `vmstat`: shows what each page is used for, neighbours of a kind in one line.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

use lv6_abi::limits::NPAGE;
use lv6_ulib::process::{name_of, status};
use lv6_ulib::sys::tables::page_desc;
use lv6_ulib::{Args, cli, println, report};

lv6_ulib::program!(program);

fn program(args: Args) -> u8 {
    if let Err(code) = cli::operands(args, 0, "") {
        return code;
    }
    let pages = (0..NPAGE as u64).map(|pn| {
        let desc = page_desc(pn);
        (desc.kind, desc.owner)
    });
    for (kind, run) in report::runs(pages) {
        let name = name_of(run.owner);
        println!("{}", report::vmstat_line(kind, &run, if run.owner == 0 { "-" } else { name.as_str() }));
    }
    status::OK
}
