package io.github.cvmattestation.testkit.tpm;

/** One command being executed: its handles, its parameters, and the response that grows. */
final class Call {
  private final TpmState tpm;
  private final Entities entities;
  private final int[] handles;
  private final TpmReader in;
  private final TpmWriter out = new TpmWriter();
  private int responseHandle;

  Call(TpmState tpm, Entities entities, int[] handles, TpmReader in) {
    this.tpm = tpm;
    this.entities = entities;
    this.handles = handles.clone();
    this.in = in;
  }

  TpmState tpm() {
    return tpm;
  }

  Entities entities() {
    return entities;
  }

  /** Handle {@code number}, counted from 1 as response codes do. */
  int handle(int number) {
    return handles[number - 1];
  }

  /** The object that handle {@code number} names. */
  TpmObject object(int number) {
    return tpm.objects().get(handle(number));
  }

  /** The policy session that handle {@code number} names. */
  Session session(int number) {
    Session session = tpm.sessions().find(handle(number));
    if (session == null) {
      throw TpmError.of(Rc.REFERENCE_H0 + number - 1);
    }
    return session;
  }

  TpmReader in() {
    return in;
  }

  /** The next parameter. */
  TpmReader parameter() {
    return in.parameter();
  }

  TpmWriter out() {
    return out;
  }

  void respondWith(int handle) {
    responseHandle = handle;
  }

  int responseHandle() {
    return responseHandle;
  }
}
