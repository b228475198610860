module
public meta import Lean.Elab.Command
/-!
# Attributes that generated code writes

Aeneas registers these attributes with Lean. Here they carry no information that a proof could use, so each is a macro
for an attribute that changes nothing (`nospecialize` concerns compiled code, and nothing here is compiled).
-/
set_option compiler.extract_closed false
public meta section

/-- Marks a constant of the Rust program. -/
macro "global_simps" : attr => `(attr| nospecialize)

/-- Marks the recursive function that a loop has become. -/
macro "rust_loop" : attr => `(attr| nospecialize)

/-- Marks the body of a loop. -/
macro "rust_loop_body" : attr => `(attr| nospecialize)

/-- Names the Rust function that a definition stands for. -/
macro "rust_fun" str : attr => `(attr| nospecialize)

/-- Names the Rust type that a definition stands for. -/
macro "rust_type" str : attr => `(attr| nospecialize)

/-- Names the Rust trait that a definition stands for. -/
macro "rust_trait" str : attr => `(attr| nospecialize)

/-- Names the Rust trait implementation that a definition stands for. -/
macro "rust_trait_impl" str : attr => `(attr| nospecialize)

/-- Names the Rust constant that a definition stands for. -/
macro "rust_const" str : attr => `(attr| nospecialize)

/-- Marks a default method of a trait. -/
macro "trait_default" : attr => `(attr| nospecialize)

/-- Gives the discriminants of an enumeration. They are not modelled: the core turns enumerations into numbers by
functions of its own. -/
macro &"discriminant" ident : attr => `(attr| nospecialize)

/-- The same, with the list of the discriminants. -/
macro &"discriminant" ident "[" term,* "]" : attr => `(attr| nospecialize)
