//! Finds the refinement theorem of a handler by its name: `sys_reap` ↦ `theorem sys_reap_refines`.

use std::collections::BTreeMap;

use crate::error::{Error, Result};
use crate::graph::Graph;
use crate::lexer::{Token, tokens};

const SUFFIX: &str = "_refines";

/// Handler ↦ module that states its refinement theorem.
pub fn handlers(graph: &Graph) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (name, module) in &graph.modules {
        let mut after_theorem = false;
        for t in tokens(&module.text) {
            let Token::Word(word) = t.token else {
                after_theorem = false;
                continue;
            };
            let last = word.rsplit('.').next().unwrap_or(word);
            if after_theorem && let Some(handler) = last.strip_suffix(SUFFIX) {
                found.insert(handler.to_string(), name.clone());
            }
            after_theorem = word == "theorem";
        }
    }
    found
}

/// The module to check for a handler.
pub fn find(graph: &Graph, handler: &str) -> Result<String> {
    let mut known = handlers(graph);
    known
        .remove(handler)
        .ok_or_else(|| Error::UnknownHandler { name: handler.to_string(), known: known.into_keys().collect() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Module;
    use crate::imports::header;

    fn graph() -> Graph {
        let mut graph = Graph::default();
        for (name, text) in [
            ("Lv6.Refine.Proc", "module\n/-- sys_kill -/ theorem sys_reap_refines (k : Kernel) : True := trivial"),
            ("Lv6.Refine.Page", "module\n-- theorem sys_no_refines\nprotected theorem Lv6.sys_switch_refines : T := h"),
        ] {
            let module = Module { shown: name.into(), text: text.into(), header: header(text) };
            graph.modules.insert(name.into(), module);
        }
        graph
    }

    #[test]
    fn a_handler_leads_to_its_module() {
        assert_eq!(find(&graph(), "sys_reap").unwrap(), "Lv6.Refine.Proc");
        assert_eq!(find(&graph(), "sys_switch").unwrap(), "Lv6.Refine.Page");
    }

    #[test]
    fn an_unknown_handler_lists_the_known_ones() {
        let error = find(&graph(), "sys_no").unwrap_err();
        assert!(matches!(&error, Error::UnknownHandler { known, .. } if known == &["sys_reap", "sys_switch"]));
        assert!(error.to_string().contains("unknown handler `sys_no`"));
    }
}
