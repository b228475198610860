module
public import Lv6.Spec.Page
/-!
# I/O ports

A process may use the ports that it owns: their bits in its I/O bitmap, which the processor consults, are clear, and all
other bits are set. The bitmap is three pages: one for the ports below 0x8000, one for the others, and one that stays full
of ones, for an access that begins at the last port and ends beyond it.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec

/-- The object exists already. -/
abbrev EEXIST : Nat := 17

/-- Whether the number is an I/O port. -/
def isPort (port : Nat) : Prop := port < 65536
instance (port : Nat) : Decidable (isPort port) := inferInstanceAs (Decidable (_ < _))

/-- Whether the three are pages, one after the other. -/
def areConsecutive (q₁ q₂ q₃ : Nat) : Prop := q₁ < 8192 ∧ q₂ < 8192 ∧ q₃ < 8192 ∧ q₂ = q₁ + 1 ∧ q₃ = q₂ + 1
instance (q₁ q₂ q₃ : Nat) : Decidable (areConsecutive q₁ q₂ q₃) := inferInstanceAs (Decidable (_ ∧ _))

/-- A page full of ones. -/
def ones (i : Nat) : Word := if i < 512 then 0xffffffffffffffff#64 else 0#64

/-- Give the current process the free page `q`, filled with ones. -/
def allocFullPage (s : State) (q : Nat) : State :=
  let s₁ := allocPage s s.current .procData q
  { s₁ with word := upd s₁.word q ones }

/-- Give the caller an I/O bitmap in three consecutive free pages, with all ports denied. -/
def allocIoBitmap (s : State) (q₁ q₂ q₃ : Nat) : Nat × State :=
  if ¬ areConsecutive q₁ q₂ q₃ then (EINVAL, s)
  else if s.useIoBitmap s.current ≠ 0 then (EEXIST, s)
  else if ¬ isFree s q₁ then (EINVAL, s)
  else if ¬ isFree s q₂ then (EINVAL, s)
  else if ¬ isFree s q₃ then (EINVAL, s)
  else
    let s₁ := allocFullPage (allocFullPage (allocFullPage s q₁) q₂) q₃
    (0, { s₁ with
      ioBitmapA := upd s₁.ioBitmapA s.current q₁
      ioBitmapB := upd s₁.ioBitmapB s.current q₂
      useIoBitmap := upd s₁.useIoBitmap s.current 1
      ioBitmapRequest := s.current })

/-- Clear the bit of `port` in the bitmap page `q`, which covers 32768 ports. -/
def allowPort (s : State) (q port : Nat) : State :=
  let bit := port % 0x8000
  { s with word := upd2 s.word q (bit / 64) (s.word q (bit / 64) &&& ~~~(1#64 <<< (bit % 64))) }

/-- Claim an I/O port for the caller, and let it use the port. -/
def allocPort (s : State) (port : Nat) : Nat × State :=
  let q := if port < 0x8000 then s.ioBitmapA s.current else s.ioBitmapB s.current
  if ¬ isPort port then (EINVAL, s)
  else if s.portOwner port ≠ 0 then (EBUSY, s)
  else if s.useIoBitmap s.current = 0 then (EACCES, s)
  else
    let s₁ := allowPort s q port
    (0, { s₁ with
      portOwner := upd s₁.portOwner port s.current
      nrPorts := upd s₁.nrPorts s.current (s₁.nrPorts s.current + 1) })

/-- Take an I/O port from a zombie. Any process may call it. -/
def reclaimPort (s : State) (port : Nat) : Nat × State :=
  let p := s.portOwner port
  if ¬ isPort port then (EINVAL, s)
  else if ¬ isPid p then (EACCES, s)
  else if s.state p ≠ .zombie then (EACCES, s)
  else (0, { s with
    portOwner := upd s.portOwner port 0
    nrPorts := upd s.nrPorts p (s.nrPorts p - 1) })

end Lv6.Spec
