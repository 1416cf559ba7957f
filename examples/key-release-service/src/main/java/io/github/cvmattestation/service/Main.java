package io.github.cvmattestation.service;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.release.KeyLifetime;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Starts the service: {@code --simulated} for a machine and services that are made up. */
public final class Main {
  private static final String SIMULATED = "--simulated";
  private static final int WRONG_CONFIGURATION = 2;
  private static final int NO_ADDRESS = 3;

  private Main() {}

  /** Runs until the process is told to stop. */
  public static void main(String[] arguments) {
    int code = run(List.of(arguments), System.getenv(), System.err);
    if (code != 0) {
      System.exit(code);
    }
  }

  /** What the process ends with, or 0 where it serves until it is told to stop. */
  static int run(List<String> arguments, Map<String, String> environment, PrintStream err) {
    if (!arguments.isEmpty() && !arguments.equals(List.of(SIMULATED))) {
      err.println("usage: key-release-service [" + SIMULATED + "]");
      return WRONG_CONFIGURATION;
    }
    try {
      KeyServer server = start(environment, !arguments.isEmpty());
      Runtime.getRuntime().addShutdownHook(new Thread(server::close, "shutdown"));
      err.println("listening on " + server.address());
      return 0;
    } catch (AttestationException.Configuration e) {
      err.println(e.getMessage());
      return WRONG_CONFIGURATION;
    } catch (AttestationException e) {
      err.println(e.getMessage());
      return NO_ADDRESS;
    } catch (IOException e) {
      err.println("cannot listen there; " + Settings.LISTEN + " names another address and port");
      return NO_ADDRESS;
    }
  }

  /** Listens, closed, and begins to ask for the key. */
  static KeyServer start(Map<String, String> environment, boolean simulated) throws IOException {
    Settings settings = Settings.read(environment, simulated);
    Optional<Settings.Azure> azure = settings.azure();
    KeySource source =
        azure.isPresent() ? AzureKeySource.of(azure.get()) : new SimulatedKeySource();
    Door door = new Door(source, KeyLifetime.of(settings.lifetime()));
    try {
      KeyServer server = new KeyServer(settings.address(), door);
      door.start();
      return server;
    } catch (IOException e) {
      door.close();
      throw e;
    }
  }
}
