module
public import Lv6.Spec.Bounds
/-!
# I/O ports

What the bits of an I/O bitmap, which AMD calls the I/O permissions map, allow a process: its own ports, and no others.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {s : State} {p port n : Nat}

/-- Whether the processor, while it runs `p`, carries out an access of `n` bytes at the I/O port `port` itself, without asking
the kernel (AMD64 manual, volume 2, section 15.10.1): the `n` bits from number `port` on are clear in the three pages that
the control block points at. Those are the process's own bitmap; or, if it has none, the kernel's, which is full of ones. -/
def Permitted (s : State) (p port n : Nat) : Prop :=
  s.useIoBitmap p ≠ 0 ∧ ∀ i, i < n → portBit s.word (s.ioBitmapA p) (port + i) = false

/-- **A live process accesses exactly the I/O ports that it owns.** An access, of at most four bytes, is carried out if and
only if the process owns each port that it touches. So no access goes beyond the last port, and none touches a port that
belongs to the kernel, to nobody, or to another process. -/
theorem permitted_iff (h : Inv s) (hi : isPid p) (hl : s.live p) (hn : 1 ≤ n ∧ n ≤ 4) (hp : port < 65536) :
    Permitted s p port n ↔ ∀ i, i < n → port + i < 65536 ∧ s.portOwner (port + i) = p := by
  refine ⟨fun ⟨hu, hb⟩ i hx => ?_, fun ho => ?_⟩
  · have hb := hb i hx
    by_cases hlt : port + i < 65536
    · exact ⟨hlt, (h.port.bits p _ hi.2 hl hu hlt).1 hb⟩
    · have ones : ∀ k : Fin 64, (0xffffffffffffffff#64).getLsbD k.1 = true := by decide
      rw [portBit, show (port + i) / 0x8000 = 2 by omega, h.port.last p _ hi.2 hl hu (by omega)] at hb
      exact absurd ((ones ⟨_, Nat.mod_lt _ (by decide)⟩).symm.trans hb) nofun
  · have hu := h.port.owner p _ hi.2 hl (ho 0 hn.1).1 (ho 0 hn.1).2
    exact ⟨hu, fun i hx => (h.port.bits p _ hi.2 hl hu (ho i hx).1).2 (ho i hx).2⟩

/-- No two processes can access the same port. -/
theorem ports_apart (h : Inv s) {p' port' n' i i' : Nat} (hi : isPid p) (hi' : isPid p') (hl : s.live p) (hl' : s.live p')
    (hn : 1 ≤ n ∧ n ≤ 4) (hn' : 1 ≤ n' ∧ n' ≤ 4) (hp : port < 65536) (hp' : port' < 65536) (hx : Permitted s p port n)
    (hx' : Permitted s p' port' n') (hk : i < n) (hk' : i' < n') (e : port + i = port' + i') : p = p' := by
  rw [← ((permitted_iff h hi hl hn hp).1 hx i hk).2, e]
  exact ((permitted_iff h hi' hl' hn' hp').1 hx' i' hk').2

end Lv6.Spec
