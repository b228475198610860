//! Patches lean.js, the loader that Emscripten generated.
//!
//! As shipped it spends over two minutes on a one-line file: it is 89 MB of text, of which 201,000 statements copy
//! exports into variables that nothing reads, and every symbol look-up searches a list of as many names. What is left
//! here is the loader proper. No patch touches what Lean computes.

use std::collections::{BTreeSet, HashSet};

use crate::error::{Error, Result};

/// One replacement. The old text must occur exactly once.
struct Edit {
    /// Why.
    why: &'static str,
    old: &'static str,
    new: &'static str,
}

const EDITS: [Edit; 5] = [
    Edit {
        why: "pass LEAN_PATH on (the environment is empty otherwise); write no profile of the WebAssembly itself",
        old: "var ENV={};",
        new: "var ENV={LEAN_PATH:globalThis.process?.env?.LEAN_PATH??\"\",LLVM_PROFILE_FILE:\"/dev/null\"};",
    },
    Edit {
        why: "drop debugging output, which quotes the file",
        old: "var defaultPrint=",
        new: "var lv6Log=console.log;console.log=(...a)=>{String(a[0]).startsWith(\"[DEBUG\")||lv6Log(...a)};var defaultPrint=",
    },
    Edit {
        why: "mount every directory of the host, not only /home and /tmp",
        old: "FS.mount(NODEFS,{root:\"/home\"},\"/home\");FS.mount(NODEFS,{root:\"/tmp\"},\"/tmp\");",
        new: "for(const d of fs.readdirSync(\"/\",{withFileTypes:true})){\
              if(!d.isDirectory()||[\"dev\",\"proc\",\"sys\"].includes(d.name))continue;\
              const p=\"/\"+d.name;if(!FS.analyzePath(p).exists)FS.mkdir(p);FS.mount(NODEFS,{root:p},p)}",
    },
    Edit {
        why: "the symbol table, see patch_wasm.rs: sorted names, searched by halving",
        old: "var __dlsym_js=(",
        new: "var lv6Table;var lv6Symbol=name=>{\
              const b=lv6Table??=fs.readFileSync(locateFile(\"lean.symbols\"));\
              const n=b.readUInt32LE(0),names=4+8*n,end=i=>i<0?names:names+b.readUInt32LE(4+8*i),key=Buffer.from(name);\
              let lo=0,hi=n;while(lo<hi){const m=(lo+hi)>>1,c=b.compare(key,0,key.length,end(m-1),end(m));\
              if(c===0)return b.readUInt32LE(8+8*m);if(c<0)lo=m+1;else hi=m}return 0};\
              var __dlsym_js=(",
    },
    Edit {
        why: "look symbols up there",
        old: "symbol=UTF8ToString(symbol);var result;var newSymIndex;",
        new: "symbol=UTF8ToString(symbol);var result=lv6Symbol(symbol);\
              if(!result)dlSetError(`Tried to lookup unknown symbol \"${symbol}\"`);return result;var newSymIndex;",
    },
];

const NAMES: &str = "var _main,_lean_main,";
const ASSIGN: &str = ";function assignWasmExports(wasmExports){";

/// The patched loader, and the exports of lean.wasm that it still asks for by name.
pub fn patch(js: &str) -> Result<(String, BTreeSet<String>)> {
    let mut out = drop_unused_exports(js)?;
    for edit in &EDITS {
        let times = out.matches(edit.old).count();
        if times != 1 {
            return Err(fail(format!("`{}` occurs {times} times, needed to {}", edit.old, edit.why)));
        }
        out = out.replacen(edit.old, edit.new, 1);
    }
    let wanted =
        out.split("wasmExports[\"").skip(1).filter_map(|s| s.split_once('"')).map(|(name, _)| name.to_string());
    let wanted = wanted.collect();
    Ok((out, wanted))
}

/// Removes each `_x=Module["_x"]=wasmExports["x"]` whose `_x` occurs nowhere else, and its declaration.
fn drop_unused_exports(js: &str) -> Result<String> {
    let missing = |what: &str| fail(format!("`{what}` not found"));
    let names_at = js.find(NAMES).ok_or_else(|| missing(NAMES))?;
    let (head, tail) = js.split_at(names_at);
    let (names, tail) = tail.split_once(ASSIGN).ok_or_else(|| missing(ASSIGN))?;
    let (assignments, rest) = tail.split_once('}').ok_or_else(|| missing("}"))?;
    let used: HashSet<&str> = identifiers(head).chain(identifiers(rest)).collect();
    let mut dropped = HashSet::new();
    let mut kept = Vec::new();
    for statement in assignments.split(';') {
        match exported(statement) {
            Some(name) if !used.contains(name) => {
                dropped.insert(name);
            }
            _ => kept.push(statement),
        }
    }
    let names: Vec<&str> = names["var ".len()..].split(',').filter(|n| !dropped.contains(n)).collect();
    Ok([head, "var ", &names.join(","), ASSIGN, &kept.join(";"), "}", rest].concat())
}

/// `_x` of a statement `_x=Module["_x"]=wasmExports["…"]`, with or without `.value` at its end.
fn exported(statement: &str) -> Option<&str> {
    let (name, rest) = statement.split_once("=Module[\"")?;
    let rest = rest.strip_prefix(name)?.strip_prefix("\"]=wasmExports[\"")?;
    let (export, end) = rest.split_once('"')?;
    (is_identifier(export) && is_identifier(name) && matches!(end, "]" | "].value")).then_some(name)
}

fn is_identifier(s: &str) -> bool {
    !s.is_empty() && s.chars().all(in_identifier)
}

fn in_identifier(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

fn identifiers(js: &str) -> impl Iterator<Item = &str> {
    js.split(|c| !in_identifier(c)).filter(|s| !s.is_empty())
}

fn fail(what: String) -> Error {
    Error::Patch { file: "lean.js", what }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped() -> String {
        [
            "var defaultPrint=console.log;var ENV={};FS.mount(NODEFS,{root:\"/home\"},\"/home\");FS.mount(NODEFS,{root:\"/tmp\"},\"/tmp\");",
            "var __dlsym_js=(handle,symbol,symbolIndex)=>{symbol=UTF8ToString(symbol);var result;var newSymIndex;x()};",
            "run(_main);var _main,_lean_main,_l_id,_l_x,table;function assignWasmExports(wasmExports){",
            "_main=Module[\"_main\"]=wasmExports[\"__main_argc_argv\"];_lean_main=Module[\"_lean_main\"]=wasmExports[\"lean_main\"];",
            "_l_id=Module[\"_l_id\"]=wasmExports[\"l_id\"];_l_x=Module[\"_l_x\"]=wasmExports[\"l_x\"].value;",
            "t=Module[\"t\"]=table=wasmExports[\"t\"]}use(_l_x)",
        ]
        .concat()
    }

    #[test]
    fn only_exports_in_use_stay() {
        let (js, wanted) = patch(&shipped()).unwrap();
        assert!(js.contains("var _main,_l_x,table;function assign"));
        assert!(!js.contains("_l_id") && !js.contains("_lean_main"));
        assert_eq!(wanted.into_iter().collect::<Vec<_>>(), ["__main_argc_argv", "l_x", "t"]);
        assert!(js.ends_with("t=Module[\"t\"]=table=wasmExports[\"t\"]}use(_l_x)"));
    }

    #[test]
    fn another_loader_is_refused() {
        let error = patch(&shipped().replace("var ENV={};", "var ENV=[];")).unwrap_err();
        assert!(error.to_string().contains("`var ENV={};` occurs 0 times"));
        assert!(patch("var x;").is_err());
    }
}
