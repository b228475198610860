module
public import Lv6.Spec.Keep.Ipc
public import Lv6.Theorems.Counters
/-!
# Messages are safe

What each of the four calls that pass messages can do, and to whom: a message lands in the page that its receiver has named
and owns, and nowhere else; a file that comes along is counted; only the called process can answer a call; and nobody
sleeps while an interrupt waits for it.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {s s' : State} {r : Nat × State} {p q fd size val : Nat}

/-! ## The four calls -/

/-- One of the four calls, with any arguments, and what it returns and does. -/
inductive IpcCall (s : State) : Nat × State → Prop where
  | send (p val q size fd : Nat) : IpcCall s (send s p val q size fd)
  | recv (p q fd : Nat) : IpcCall s (recv s p q fd)
  | replyWait (p val inq size infd outq : Nat) : IpcCall s (replyWait s p val inq size infd outq)
  | call (p val inq size outq outfd : Nat) : IpcCall s (call s p val inq size outq outfd)

/-- The caller gives the processor to `p`, and may go to sleep: memory, files and the records of other processes stay as
they are. -/
structure GivesWay (s : State) (p : Nat) (s' : State) : Prop where
  word : s'.word = s.word
  files : s'.ofile = s.ofile ∧ s'.nrFds = s.nrFds ∧ s'.fileRefcnt = s.fileRefcnt
  other : ∀ o, o ≠ s.current → s'.ipcFrom o = s.ipcFrom o ∧ s'.ipcVal o = s.ipcVal o ∧ s'.ipcSize o = s.ipcSize o ∧
    s'.ipcPage o = s.ipcPage o ∧ s'.ipcFd o = s.ipcFd o
  state : ∀ o, o ≠ s.current → o ≠ p → s'.state o = s.state o
  runs : s'.current = p ∧ s'.killed = s.killed

theorem switchTo_givesWay : GivesWay s p (switchTo s p) := by
  unfold switchTo leave
  split
  · exact ⟨rfl, ⟨rfl, rfl, rfl⟩, fun _ _ => ⟨rfl, rfl, rfl, rfl, rfl⟩, fun o h1 h2 =>
      (upd_ne _ _ _ _ h2).trans (upd_ne _ _ _ _ h1), ⟨rfl, rfl⟩⟩
  · exact ⟨rfl, ⟨rfl, rfl, rfl⟩, fun _ _ => ⟨rfl, rfl, rfl, rfl, rfl⟩, fun o h1 h2 =>
      (upd_ne _ _ _ _ h2).trans (upd_ne _ _ _ _ h1), ⟨rfl, rfl⟩⟩

theorem sleepAndRun_givesWay {awaited : Nat} : GivesWay s p (sleepAndRun s p awaited q fd) :=
  ⟨rfl, ⟨rfl, rfl, rfl⟩,
    fun _ ho => ⟨upd_ne _ _ _ _ ho, rfl, rfl, upd_ne _ _ _ _ ho, upd_ne _ _ _ _ ho⟩,
    fun _ h1 h2 => (upd_ne _ _ _ _ h2).trans (upd_ne _ _ _ _ h1), ⟨rfl, rfl⟩⟩

/-- What a call comes to: it is refused and changes nothing; or it waits for a message, and a process that was runnable
runs; or it delivers one to a sleeper that the caller may send to. -/
inductive IpcEffect (s : State) (r : Nat × State) : Prop where
  | refused (h : r.1 ≠ 0) (e : r.2 = s)
  | waits (p : Nat) (h : r.1 = 0) (hp : s.state p = .runnable) (z : Nat → Nat) (hz : ∀ o, o ≠ s.current → z o = s.ipcSize o)
    (hg : GivesWay { s with ipcSize := z } p r.2)
  | delivers (p val q size fd : Nat) (h : r.1 = 0) (hk : SendOk s p q size fd) (ha : ¬ awaitsAnother s p)
    (hg : GivesWay (deliver s p val q size fd) p r.2)

theorem IpcCall.effect (hc : IpcCall s r) : IpcEffect s r := by
  cases hc with
  | send p val q size fd =>
    unfold Spec.send
    dsimp only
    split
    · next he => exact .refused he rfl
    split
    · exact .refused (by dsimp only; decide) rfl
    · next he ha => exact .delivers p val q size fd rfl (checkSend_ok (Decidable.of_not_not he)) ha switchTo_givesWay
  | recv p q fd =>
    unfold Spec.recv
    dsimp only
    split
    · exact .refused (by dsimp only; decide) rfl
    split
    · exact .refused (by dsimp only; decide) rfl
    split
    · next he => exact .refused he rfl
    split
    · exact .refused (by dsimp only; decide) rfl
    · next hr _ _ => exact .waits p rfl (Decidable.of_not_not hr) _ (fun o ho => upd_ne _ _ _ _ ho) sleepAndRun_givesWay
  | replyWait p val inq size infd outq =>
    unfold Spec.replyWait
    dsimp only
    split
    · next he => exact .refused he rfl
    · next he =>
      have hk := checkExchange_ok (Decidable.of_not_not he)
      exact .delivers p val inq size infd rfl hk.send hk.mayAnswer sleepAndRun_givesWay
  | call p val inq size outq outfd =>
    unfold Spec.call
    dsimp only
    split
    · next he => exact .refused he rfl
    · next he =>
      have hk := checkExchange_ok (Decidable.of_not_not he)
      exact .delivers p val inq size noFd rfl hk.send hk.mayAnswer sleepAndRun_givesWay

theorem IpcCall.inv (h : Inv s) (hc : IpcCall s r) : Inv r.2 := by
  cases hc with
  | send => exact send_inv h
  | recv => exact recv_inv h
  | replyWait => exact replyWait_inv h
  | call => exact call_inv h

/-! ## Bytes -/

/-- Byte `b` of a page. -/
def byteOf (page : Nat → Word) (b : Nat) : BitVec 8 := (page (b / 8)).extractLsb' (8 * (b % 8)) 8

theorem byteMask_bit {n i : Nat} (hi : i < 64) : (byteMask n).getLsbD i = decide (i < 8 * n) := by
  by_cases hn : n < 8
  · have e : byteMask n = BitVec.ofNat 64 (2 ^ (8 * n) - 1) := by
      obtain rfl | rfl | rfl | rfl | rfl | rfl | rfl | rfl :
        n = 0 ∨ n = 1 ∨ n = 2 ∨ n = 3 ∨ n = 4 ∨ n = 5 ∨ n = 6 ∨ n = 7 := by omega
      all_goals rfl
    rw [e, BitVec.getLsbD_ofNat, Nat.testBit_two_pow_sub_one]
    simp only [hi, decide_true, Bool.true_and]
  · rw [byteMask, if_neg hn, show (~~~0#64) = BitVec.allOnes 64 from rfl, BitVec.getLsbD_allOnes]
    simp only [hi, decide_true, show i < 8 * n by omega]

/-- `mixBytes` is what it says: its bytes below `n` are those of the new word, the others those of the old one. -/
theorem mixBytes_byte {n j : Nat} (hj : j < 8) (old new : Word) :
    (mixBytes n old new).extractLsb' (8 * j) 8 = if j < n then new.extractLsb' (8 * j) 8 else old.extractLsb' (8 * j) 8 := by
  refine BitVec.eq_of_getLsbD_eq fun i hi => ?_
  have h1 := byteMask_bit (n := n) (i := 8 * j + i) (by omega)
  have e : decide (8 * j + i < 8 * n) = decide (j < n) := decide_eq_decide.2 (by omega)
  simp only [mixBytes, BitVec.getLsbD_extractLsb', BitVec.getLsbD_or, BitVec.getLsbD_and, BitVec.getLsbD_not, h1, e,
    show 8 * j + i < 64 by omega]
  by_cases hjn : j < n
  · simp only [hjn]; simp
  · simp only [hjn]; simp

/-! ## Memory -/

/-- The contents of memory after a message has been delivered. -/
theorem deliver_word {t i : Nat} : (deliver s p val q size fd).word t i =
    if t = s.ipcPage p then mixBytes (size - 8 * i) (s.word t i) (s.word q i) else s.word t i := by
  have e : (deliver s p val q size fd).word =
      upd s.word (s.ipcPage p) fun i => mixBytes (size - 8 * i) (s.word (s.ipcPage p) i) (s.word q i) := by
    unfold deliver passFd copyBytes; dsimp only; split <;> rfl
  rw [e, upd_apply]
  split
  · next h => rw [h]
  · rfl

/-- What a delivered message leaves in its receiver's record. -/
theorem deliver_record : (deliver s p val q size fd).ipcFrom p = s.current ∧ (deliver s p val q size fd).ipcVal p = val ∧
    (deliver s p val q size fd).ipcSize p = size := by
  unfold deliver passFd copyBytes; dsimp only; split <;> exact ⟨upd_same _ _ _, upd_same _ _ _, upd_same _ _ _⟩

/-- **A message lands only in the page that the receiver has named and owns.** If any of the four calls changes any word of
any page, then the page is a frame that belongs to a process which sleeps and has named it, and which waits for the caller
or for anyone; and the word is one of those that the message fills, as the receiver is told. -/
theorem message_words (h : Inv s) (hc : IpcCall s r) {t i : Nat} (hw : r.2.word t i ≠ s.word t i) :
    ∃ p, isPid p ∧ s.state p = .sleeping ∧ t = s.ipcPage p ∧ IsOwn s.pageType s.pageOwner p .frame t ∧
      (s.ipcFrom p = 0 ∨ s.ipcFrom p = s.current) ∧ r.2.ipcFrom p = s.current ∧ 8 * i < r.2.ipcSize p ∧
      r.2.ipcSize p ≤ 4096 := by
  cases hc.effect with
  | refused _ e => rw [e] at hw; exact (hw rfl).elim
  | waits p _ _ z hz hg => rw [hg.word] at hw; exact (hw rfl).elim
  | delivers p val q size fd _ hk ha hg =>
    rw [hg.word, deliver_word] at hw
    have ht : t = s.ipcPage p := Decidable.byContradiction fun hn => hw (by rw [if_neg hn])
    have hne : p ≠ (deliver s p val q size fd).current := by rw [deliver_others.2.1]; exact hk.ne_current h
    have hd := deliver_record (s := s) (p := p) (val := val) (q := q) (size := size) (fd := fd)
    have ho := hg.other p hne
    refine ⟨p, hk.pid, hk.asleep, ht, ht ▸ h.sleep.page p hk.pid.2 hk.asleep, ?_, ho.1.trans hd.1, ?_, ?_⟩
    · unfold awaitsAnother at ha; omega
    · rw [ho.2.2.1, hd.2.2]
      refine Decidable.byContradiction fun hn => hw ?_
      rw [if_pos ht, show size - 8 * i = 0 by omega, mixBytes, byteMask, if_pos (by decide),
        show (~~~((1#64 <<< (8 * 0)) - 1#64)) = BitVec.allOnes 64 from rfl,
        show (1#64 <<< (8 * 0)) - 1#64 = 0#64 from rfl, BitVec.and_allOnes, BitVec.and_zero, BitVec.or_zero]
    · rw [ho.2.2.1, hd.2.2]; exact hk.size

/-- **Exactly the bytes of the message arrive.** After a successful `send`, each byte of the receiver's page is that of the
sender's page if it is one of the first `size`, and what it was if it is not. -/
theorem message_bytes (hr : (send s p val q size fd).1 = 0) (b : Nat) :
    byteOf ((send s p val q size fd).2.word (s.ipcPage p)) b =
      if b < size then byteOf (s.word q) b else byteOf (s.word (s.ipcPage p)) b := by
  have e : (send s p val q size fd).2.word = (deliver s p val q size fd).word := by
    unfold send at hr ⊢
    dsimp only at hr ⊢
    repeat' split at hr
    · next he => exact (he hr).elim
    · cases hr
    · next he ha => rw [if_neg he, if_neg ha]; exact switchTo_givesWay.word
  unfold byteOf
  rw [e, deliver_word, if_pos rfl, mixBytes_byte (Nat.mod_lt _ (by decide))]
  simp only [show (b % 8 < size - 8 * (b / 8)) = (b < size) from propext (by omega)]

/-! ## Files -/

/-- **A file that comes with a message is counted.** Either no descriptor and no counter changes; or exactly one descriptor
does: the empty one that the receiver has named gets a file that the caller has open, and the counters of the receiver and
of the file go up by one. -/
theorem passed_file (h : Inv s) (hc : IpcCall s r) :
    (r.2.ofile = s.ofile ∧ r.2.nrFds = s.nrFds ∧ r.2.fileRefcnt = s.fileRefcnt) ∨
    ∃ p fd, isPid p ∧ s.state p = .sleeping ∧ fd < 16 ∧ s.ipcFd p < 16 ∧ s.ofile p (s.ipcFd p) = 0 ∧
      isFn (s.ofile s.current fd) ∧ r.2.ofile = upd2 s.ofile p (s.ipcFd p) (s.ofile s.current fd) ∧
      r.2.nrFds = upd s.nrFds p (s.nrFds p + 1) ∧
      r.2.fileRefcnt = upd s.fileRefcnt (s.ofile s.current fd) (s.fileRefcnt (s.ofile s.current fd) + 1) := by
  cases hc.effect with
  | refused _ e => rw [e]; exact .inl ⟨rfl, rfl, rfl⟩
  | waits p _ _ z hz hg => exact .inl hg.files
  | delivers p val q size fd _ hk ha hg =>
    obtain ⟨e1, e2, e3⟩ := hg.files
    rw [e1, e2, e3]
    by_cases hf : isFd fd ∧ isFd (s.ipcFd p)
    · have ho := hk.open_ hf.1
      refine .inr ⟨p, fd, hk.pid, hk.asleep, hf.1, hf.2, h.sleep.fd p hk.pid.2 hk.asleep hf.2,
        h.isFn h.proc.pid.2 hf.1 ho, ?_⟩
      unfold deliver passFd copyBytes
      dsimp only
      rw [if_pos hf]
      exact ⟨rfl, rfl, rfl⟩
    · refine .inl ?_
      unfold deliver passFd copyBytes
      dsimp only
      rw [if_neg hf]
      exact ⟨rfl, rfl, rfl⟩

/-- After each call the counters are the plain numbers of descriptors. -/
theorem ipc_counts (h : Inv s) (hc : IpcCall s r) :
    (∀ p, isPid p → r.2.nrFds p = count (fun fd => r.2.ofile p fd ≠ 0) 16) ∧
    ∀ f, 0 < f → f < 128 →
      r.2.fileRefcnt f = ((List.range 64).map fun p => count (fun fd => r.2.ofile p fd = f) 16).sum :=
  ⟨fun _ hp => nr_fds (hc.inv h) hp, fun _ h0 hf => file_refcnt (hc.inv h) h0 hf⟩

/-! ## Answers -/

/-- **Only the called process can answer a call.** While `p` waits for the answer of another process than the caller, none
of the four calls wakes it, tells it anything, or changes its page or descriptors. -/
theorem only_called_answers (h : Inv s) (hc : IpcCall s r) (hp : p < 64) (hs : s.state p = .sleeping)
    (ha : awaitsAnother s p) :
    r.2.state p = .sleeping ∧ r.2.ipcFrom p = s.ipcFrom p ∧ r.2.ipcVal p = s.ipcVal p ∧ r.2.ipcSize p = s.ipcSize p ∧
      r.2.ipcPage p = s.ipcPage p ∧ r.2.ipcFd p = s.ipcFd p ∧ (∀ i, r.2.ofile p i = s.ofile p i) ∧
      ∀ i, r.2.word (s.ipcPage p) i = s.word (s.ipcPage p) i := by
  have hr := h.current_running
  have hcur : p ≠ s.current := by rintro rfl; rw [hs] at hr; cases hr
  cases hc.effect with
  | refused _ e => rw [e]; exact ⟨hs, rfl, rfl, rfl, rfl, rfl, fun _ => rfl, fun _ => rfl⟩
  | waits o _ ho z hz hg =>
    have hne : p ≠ o := by rintro rfl; rw [hs] at ho; cases ho
    obtain ⟨e1, e2, e3, e4, e5⟩ := hg.other p hcur
    exact ⟨(hg.state p hcur hne).trans hs, e1, e2, e3.trans (hz p hcur), e4, e5, fun i => by rw [hg.files.1],
      fun i => by rw [hg.word]⟩
  | delivers o val q size fd _ hk ha' hg =>
    have hne : p ≠ o := by rintro rfl; exact ha' ha
    have hd := deliver_others (s := s) (p := o) (val := val) (q := q) (size := size) (fd := fd)
    have hcur' : p ≠ (deliver s o val q size fd).current := by rw [hd.2.1]; exact hcur
    obtain ⟨e1, e2, e3, e4, e5⟩ := hg.other p hcur'
    have hx : (deliver s o val q size fd).ipcFrom p = s.ipcFrom p ∧ (deliver s o val q size fd).ipcVal p = s.ipcVal p ∧
        (deliver s o val q size fd).ipcSize p = s.ipcSize p ∧ (deliver s o val q size fd).ipcPage p = s.ipcPage p ∧
        (deliver s o val q size fd).ipcFd p = s.ipcFd p := by
      unfold deliver passFd copyBytes
      dsimp only
      split <;> exact ⟨upd_ne _ _ _ _ hne, upd_ne _ _ _ _ hne, upd_ne _ _ _ _ hne, rfl, rfl⟩
    -- the two sleepers have named different pages: each its own
    have hpage : s.ipcPage p ≠ s.ipcPage o := fun e => hne (by
      rw [← (h.sleep.page p hp hs).2.1, e, (h.sleep.page o hk.pid.2 hk.asleep).2.1])
    refine ⟨?_, e1.trans hx.1, e2.trans hx.2.1, e3.trans hx.2.2.1, e4.trans hx.2.2.2.1, e5.trans hx.2.2.2.2,
      fun i => ?_, fun i => ?_⟩
    · rw [hg.state p hcur' hne, hd.1, upd_ne _ _ _ _ hne]; exact hs
    · rw [hg.files.1]; exact deliver_ofile hne
    · rw [hg.word, deliver_word, if_neg hpage]

/-! ## Sleep -/

/-- **No interrupt is slept through**: while a process sleeps, none waits for its acknowledgement. -/
theorem no_interrupt_asleep (h : Inv s) (hp : p < 64) (hs : s.state p = .sleeping) : ¬ isInterrupted s p := by
  unfold isInterrupted
  rw [h.intr.asleep p 0 hp (by decide) hs, h.intr.asleep p 1 hp (by decide) hs, h.intr.asleep p 2 hp (by decide) hs,
    h.intr.asleep p 3 hp (by decide) hs]
  simp only [ne_eq, not_true_eq_false, or_self, not_false_eq_true]

/-- A killed process does not live on in these calls: after each that succeeds it is dead. -/
theorem killed_dies (h : Inv s) (hc : IpcCall s r) (hr : r.1 = 0) (hk : s.killed s.current ≠ 0) :
    r.2.state s.current = .zombie := by
  have hi := (hc.inv h).proc
  have hcr := h.current_running
  have key : r.2.killed = s.killed ∧ r.2.current ≠ s.current := by
    cases hc.effect with
    | refused h0 _ => exact (h0 hr).elim
    | waits p _ hp z _ hg =>
      refine ⟨hg.runs.2, ?_⟩
      rw [hg.runs.1]; rintro rfl; rw [hp] at hcr; cases hcr
    | delivers p val q size fd _ hs _ hg =>
      exact ⟨hg.runs.2.trans deliver_others.2.2.2.2.2, by rw [hg.runs.1]; exact hs.ne_current h⟩
  rcases hi.dying s.current h.proc.pid.2 (by rw [key.1]; exact hk) with e | e
  · exact (key.2 ((hi.running _ h.proc.pid.2).1 e).symm).elim
  · exact e

end Lv6.Spec
