module
public import Lv6.Machine.Reads
public import Lv6.Theorems.IommuWalk
/-!
# The machine

The kernel's state is not all that there is: the processor and the IOMMU's units remember translations that they have looked
up, and go on using them when the tables say something else. A machine is the kernel's state, what these remember, and who has
the processor: the process, or the kernel.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec

/-- Who has the processor. -/
inductive Mode where
  /-- The current process. -/
  | user
  /-- The kernel, and nothing is left to be done for a call. -/
  | kernel
  /-- The kernel: it has answered a call, and what that requested is still to be carried out. -/
  | asked
deriving DecidableEq

/-- What the processor remembers: `c p va l n w` says that, when it runs the process `p` and the address `va` is used, it may
begin the walk at the page frame `n`, as a table of level `l`, or at level 0 that it may take `n` for the page that holds
the address; `w` says whether stores are allowed so far. Level 0 is the translation look-aside buffer, the other levels are
the paging-structure caches.

The processor keeps one entry for all addresses that share it. That is no different from an entry for each of these
addresses, all made at the same moment. A processor without an address-space number for each process drops everything when
another process runs, which it may do here at any time. -/
abbrev Cache := Nat → Word → Nat → Nat → Bool → Prop

/-- The same with one entry more. -/
def Cache.add (c : Cache) (p : Nat) (va : Word) (l n : Nat) (w : Bool) : Cache := fun p' va' l' n' w' =>
  c p' va' l' n' w' ∨ p' = p ∧ va' = va ∧ l' = l ∧ n' = n ∧ w' = w

/-- Some entries, or none, are forgotten. -/
def Cache.Forgets (c c' : Cache) : Prop := ∀ p va l n w, c' p va l n w → c p va l n w

/-- What the units remember: `c d a l n` says that, when the device `d` uses the address `a`, the walk may begin at the page
frame `n`, as a table of level `l`, or at level 0 that `n` may be taken for the page that holds the address. -/
abbrev DeviceCache := Nat → Word → Nat → Nat → Prop

/-- The same with one entry more. -/
def DeviceCache.add (c : DeviceCache) (d : Nat) (a : Word) (l n : Nat) : DeviceCache := fun d' a' l' n' =>
  c d' a' l' n' ∨ d' = d ∧ a' = a ∧ l' = l ∧ n' = n

/-- Some entries, or none, are forgotten. -/
def DeviceCache.Forgets (c c' : DeviceCache) : Prop := ∀ d a l n, c' d a l n → c d a l n

/-- The whole machine, as far as the theorems speak of it. -/
structure Machine where
  /-- The kernel's tables, and the contents of memory. -/
  kernel : State
  /-- Who has the processor. -/
  mode : Mode
  /-- What the processor remembers. -/
  cache : Cache
  /-- How many levels of tables the units walk. -/
  levels : Levels
  /-- The context entries: at which page frame a unit begins to walk for each device. -/
  context : Nat → Option Nat
  /-- What the units remember. -/
  remembered : DeviceCache

/-- Where the processor may begin when the current process uses the address `va`: wherever it remembers, or at the root. -/
def Machine.Begins (m : Machine) (va : Word) (l n : Nat) (w : Bool) : Prop :=
  m.cache m.kernel.current va l n w ∨
    canonical va ∧ l = 4 ∧ n = m.kernel.base + m.kernel.root m.kernel.current ∧ w = true

/-- A store of the word `v` at word `i` of the page frame `n` makes `s'` of `s`. Device registers are no part of the state. If
the frame is kernel memory, or memory of which nothing is known, any state may come about. -/
def Stored (s : State) (n i : Nat) (v : Word) (s' : State) : Prop :=
  match target s.base n with
  | .page q => s' = { s with word := upd2 s.word q i v }
  | .dma d => s' = { s with dmaWord := upd2 s.dmaWord d i v }
  | .pci _ => s' = s
  | .kernel _ _ | .other => True

/-- What can happen while a process has the processor. -/
inductive UserStep (m : Machine) : Machine → Prop where
  /-- The processor takes one step of a walk, and remembers where that led. -/
  | fill (va : Word) {l n l' n' : Nat} {w w' : Bool} (hb : m.Begins va (l + 1) n w)
      (hn : m.kernel.Next va l n w l' n' w') :
      UserStep m { m with cache := m.cache.add m.kernel.current va l' n' w' }
  /-- It sets or leaves accessed and dirty bits of an entry where it walks. -/
  | mark (va : Word) {l n q : Nat} {w : Bool} {e : Word} (hb : m.Begins va (l + 1) n w)
      (ht : target m.kernel.base n = .page q) (he : SameButAD (m.kernel.word q (vaIndex va l)) e) :
      UserStep m { m with kernel := { m.kernel with word := upd2 m.kernel.word q (vaIndex va l) e } }
  /-- It takes a frame for a table that is no RAM page. Nothing is known of what it finds there, and anything may happen. -/
  | astray (va : Word) {l n : Nat} {w : Bool} (hb : m.Begins va (l + 1) n w)
      (ht : ∀ q, target m.kernel.base n ≠ .page q) (m' : Machine) : UserStep m m'
  /-- The process stores a word at an address for which the processor remembers a writable page, whatever the page tables
  say now. -/
  | store (va : Word) {n : Nat} (i : Nat) (v : Word) {s' : State} (hc : m.cache m.kernel.current va 0 n true)
      (hs : Stored m.kernel n i v s') : UserStep m { m with kernel := s' }

end Lv6.Spec
