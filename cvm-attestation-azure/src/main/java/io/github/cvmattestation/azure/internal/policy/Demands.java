package io.github.cvmattestation.azure.internal.policy;

import static io.github.cvmattestation.azure.ReleaseCondition.equal;

import io.github.cvmattestation.azure.ReleaseCondition.Clause;
import io.github.cvmattestation.azure.ReleasePolicyFinding;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a branch must ask for, so that only a VM gets the key that nobody else can read or boot as
 * they like (Azure Attestation, claim sets; AMD 56860, POLICY.DEBUG and VMPL; Intel TDX Module,
 * ATTRIBUTES.DEBUG). One table for the branches that are made here and for the linter.
 */
public final class Demands {
  private static final String ISOLATION = "x-ms-isolation-tee.";

  private Demands() {}

  /** The hardware. */
  public enum Tee {
    /** AMD SEV-SNP. */
    SNP("sevsnpvm"),
    /** Intel TDX. */
    TDX("tdxvm");

    private final String type;

    Tee(String type) {
      this.type = type;
    }
  }

  /** Where a token's claims stand. */
  public enum Shape {
    /**
     * A guest's own token (AzureGuest): the hardware's claims lie in one of the operating system's.
     */
    GUEST,
    /** The platform's token, for disks: the same claims at the top. */
    PLATFORM;

    /** The path of one of the hardware's claims. */
    public String hardware(String claim) {
      return this == GUEST ? ISOLATION + claim : claim;
    }
  }

  /**
   * One of them.
   *
   * @param code what a policy without it is
   */
  public record Demand(ReleasePolicyFinding code, Clause clause) {}

  /** All of them, for a token of that hardware and shape. */
  public static List<Demand> of(Tee tee, Shape shape) {
    List<Demand> demands = new ArrayList<>();
    demands.add(
        new Demand(
            ReleasePolicyFinding.POLICY_TYPE,
            equal(shape.hardware("x-ms-attestation-type"), tee.type)));
    demands.add(
        new Demand(
            ReleasePolicyFinding.POLICY_COMPLIANCE,
            equal(shape.hardware("x-ms-compliance-status"), "azure-compliant-cvm")));
    if (shape == Shape.GUEST) {
      demands.add(weak(equal("secureboot", true)));
      demands.add(weak(equal("x-ms-azurevm-bootdebug-enabled", false)));
      demands.add(weak(equal("x-ms-azurevm-kerneldebug-enabled", false)));
      demands.add(weak(equal("x-ms-azurevm-hypervisordebug-enabled", false)));
    } else {
      demands.add(weak(equal("x-ms-runtime.vm-configuration.secure-boot", true)));
    }
    if (tee == Tee.SNP) {
      demands.add(weak(equal(shape.hardware("x-ms-sevsnpvm-is-debuggable"), false)));
      demands.add(weak(equal(shape.hardware("x-ms-sevsnpvm-vmpl"), 0)));
    } else {
      demands.add(weak(equal(shape.hardware("tdx_td_attributes_debug"), false)));
    }
    return demands;
  }

  /** The claims that any of them asks about. */
  public static Set<String> claims() {
    Set<String> claims = new HashSet<>();
    for (Shape shape : Shape.values()) {
      for (Tee tee : Tee.values()) {
        of(tee, shape).forEach(demand -> claims.add(demand.clause().claim()));
      }
    }
    return claims;
  }

  private static Demand weak(Clause clause) {
    return new Demand(ReleasePolicyFinding.POLICY_WEAK, clause);
  }
}
