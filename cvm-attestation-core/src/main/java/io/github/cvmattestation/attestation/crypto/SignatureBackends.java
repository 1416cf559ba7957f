package io.github.cvmattestation.attestation.crypto;

import java.security.Provider;
import java.security.Security;
import java.util.Optional;

/** The signature backends that come with the project. */
public final class SignatureBackends {
  private static final String CORRETTO =
      "com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider";

  private SignatureBackends() {}

  /** The fastest that this class path offers: {@link #corretto()}, else {@link #bouncyCastle()}. */
  public static SignatureBackend fastest() {
    return corretto().orElseGet(SignatureBackends::bouncyCastle);
  }

  /** Bouncy Castle's lightweight API: pure Java, on any platform, no provider involved. */
  public static SignatureBackend bouncyCastle() {
    return new BouncyCastleBackend();
  }

  /** The JDK's own providers, asked for by name: the quickest to start, the slowest to verify. */
  public static SignatureBackend jdk() {
    return new JcaBackend("jdk", provider("SunEC"), provider("SunRsaSign"), false);
  }

  /**
   * Amazon Corretto Crypto Provider as an instance of our own, if it is on the class path and its
   * native library loads.
   */
  public static Optional<SignatureBackend> corretto() {
    try {
      Class<? extends Provider> type = Class.forName(CORRETTO).asSubclass(Provider.class);
      Provider provider = type.getDeclaredConstructor().newInstance();
      // Without its native library the provider loads but offers nothing.
      return provider.getService("Signature", JcaBackend.RAW_ECDSA) == null
          ? Optional.empty()
          : Optional.of(new JcaBackend("corretto", provider, provider, true));
    } catch (ReflectiveOperationException | ClassCastException | LinkageError e) {
      return Optional.empty();
    }
  }

  private static Provider provider(String name) {
    Provider provider = Security.getProvider(name);
    if (provider == null) {
      throw new IllegalStateException("this Java runtime lacks its provider " + name);
    }
    return provider;
  }
}
