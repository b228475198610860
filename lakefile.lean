import Lake
open Lake DSL

/-! The proofs of lv6 under the official toolchain: `lake build` checks everything in `lean/`. No dependencies.
A warning fails the build, as it does under `cargo run -- verify`: an unfinished proof is only a warning otherwise. -/

package lv6 where
  srcDir := "lean"
  leanOptions := #[⟨`weak.warningAsError, true⟩]

/-- The support library that the extracted code and its proofs stand on. -/
@[default_target]
lean_lib Aeneas where
  globs := #[.andSubmodules `Aeneas]

/-- The extracted code, what it should do, the proofs that it does, and what follows. -/
@[default_target]
lean_lib Lv6 where
  globs := #[.andSubmodules `Lv6]
