package io.github.cvmattestation.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** On a parameter of type {@link SimulatedCvm}: what the injected machine is like. */
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface Simulated {
  /** What isolates it. */
  Tee tee() default Tee.SNP;

  /** The product line of an SEV-SNP machine. */
  Line line() default Line.GENOA;

  /** The instant around which its certificates hold, ISO 8601; empty for now. */
  String at() default "";

  /** Whether Secure Boot is on. */
  boolean secureBoot() default true;
}
