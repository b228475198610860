module
public import Lv6.Spec.State
/-!
# Interrupt vectors, and the routes by which devices reach them

A process claims a vector, and then routes the interrupts of a device of its own to it. The kernel only takes note of an
interrupt that arrives; the process looks at its record and acknowledges.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec

/-- Whether the number is an interrupt vector. -/
def isVector (v : Nat) : Prop := v < 256
instance (v : Nat) : Decidable (isVector v) := inferInstanceAs (Decidable (_ < _))

/-- Whether the number is a PCI device id. -/
def isDevid (d : Nat) : Prop := d < 65536
instance (d : Nat) : Decidable (isDevid d) := inferInstanceAs (Decidable (_ < _))

/-- Claim an interrupt vector for the caller. -/
def allocVector (s : State) (v : Nat) : Nat × State :=
  if ¬ isVector v then (EINVAL, s)
  else if s.vectorOwner v ≠ 0 then (EBUSY, s)
  else (0, { s with
    vectorOwner := upd s.vectorOwner v s.current
    nrVectors := upd s.nrVectors s.current (s.nrVectors s.current + 1) })

/-- Take an interrupt vector from a zombie. Any process may call it, but not while the zombie still has an interrupt
route, which may arrive at the vector. -/
def reclaimVector (s : State) (v : Nat) : Nat × State :=
  let p := s.vectorOwner v
  if ¬ isVector v then (EINVAL, s)
  else if ¬ isPid p then (EACCES, s)
  else if s.state p ≠ .zombie then (EACCES, s)
  else if s.nrIntremaps p ≠ 0 then (EBUSY, s)
  else (0, { s with
    vectorOwner := upd s.vectorOwner v 0
    nrVectors := upd s.nrVectors p (s.nrVectors p - 1) })

/-- Write entry `i` of the interrupt-remapping table and ask for the hardware's entry to be made again. -/
def setIntremap (s : State) (i active d v : Nat) : State :=
  { s with
    intremapActive := upd s.intremapActive i active
    intremapDev := upd s.intremapDev i d
    intremapVector := upd s.intremapVector i v
    intremapRequest := i + 1 }

/-- Route the interrupts of the caller's device `d` to the caller's vector `v`, with entry `i` of the
interrupt-remapping table. -/
def allocIntremap (s : State) (i d v : Nat) : Nat × State :=
  if 8 ≤ i then (EINVAL, s)
  else if s.intremapActive i ≠ 0 then (EINVAL, s)
  else if ¬ isDevid d then (EINVAL, s)
  else if s.pciOwner d ≠ s.current then (EACCES, s)
  else if ¬ isVector v then (EINVAL, s)
  else if s.vectorOwner v ≠ s.current then (EACCES, s)
  else
    let s₁ := setIntremap s i 1 d v
    (0, { s₁ with nrIntremaps := upd s₁.nrIntremaps s.current (s₁.nrIntremaps s.current + 1) })

/-- Remove the interrupt route `i` of a zombie's device. Any process may call it. -/
def reclaimIntremap (s : State) (i : Nat) : Nat × State :=
  let p := s.pciOwner (s.intremapDev i)
  if 8 ≤ i then (EINVAL, s)
  else if s.intremapActive i = 0 then (EINVAL, s)
  else if s.state p ≠ .zombie then (EACCES, s)
  else
    let s₁ := setIntremap s i 0 0 0
    (0, { s₁ with nrIntremaps := upd s₁.nrIntremaps p (s₁.nrIntremaps p - 1) })

/-- Forget that an interrupt has arrived at the caller's vector `v`. -/
def ackIntr (s : State) (v : Nat) : Nat × State :=
  if ¬ isVector v then (EINVAL, s)
  else
    let word := s.intr s.current (v / 64)
    (0, { s with intr := upd2 s.intr s.current (v / 64) (word &&& ~~~(1#64 <<< (v % 64))) })

end Lv6.Spec
