package io.github.cvmattestation.testkit;

/** What stands behind a {@link FaultyServer}; called by several threads. */
@FunctionalInterface
public interface FakeService {
  /** The answer to {@code request}; what is thrown becomes 500. */
  FakeResponse answer(FakeRequest request);
}
