package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.FindingCode;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * A scene that is wrong in one respect.
 *
 * @param name what the attacker does
 * @param scene makes the scene
 * @param at the check that must notice: all before it have passed
 * @param code the reason that must be given
 * @param says part of the reason's text, so that the right one of several alike is meant
 */
record Attack(String name, Supplier<Scene> scene, TdxCheck at, FindingCode code, String says) {
  static Attack of(String name, TdxCheck at, FindingCode code, String says, Supplier<Scene> scene) {
    return new Attack(name, once(scene), at, code, says);
  }

  /** Made once for all backends: most of the time goes into signing. */
  private static Supplier<Scene> once(Supplier<Scene> maker) {
    AtomicReference<Scene> made = new AtomicReference<>();
    return () -> made.updateAndGet(known -> known == null ? maker.get() : known);
  }

  @Override
  public String toString() {
    return name;
  }
}
