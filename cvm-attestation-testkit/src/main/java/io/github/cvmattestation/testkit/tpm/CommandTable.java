package io.github.cvmattestation.testkit.tpm;

import static io.github.cvmattestation.testkit.tpm.HandleKind.BASE_HIERARCHY;
import static io.github.cvmattestation.testkit.tpm.HandleKind.CLEAR;
import static io.github.cvmattestation.testkit.tpm.HandleKind.CONTEXT;
import static io.github.cvmattestation.testkit.tpm.HandleKind.ENTITY;
import static io.github.cvmattestation.testkit.tpm.HandleKind.ENTITY_OR_NULL;
import static io.github.cvmattestation.testkit.tpm.HandleKind.HIERARCHY;
import static io.github.cvmattestation.testkit.tpm.HandleKind.HIERARCHY_AUTH;
import static io.github.cvmattestation.testkit.tpm.HandleKind.LOCKOUT;
import static io.github.cvmattestation.testkit.tpm.HandleKind.NV_AUTH;
import static io.github.cvmattestation.testkit.tpm.HandleKind.NV_INDEX;
import static io.github.cvmattestation.testkit.tpm.HandleKind.OBJECT;
import static io.github.cvmattestation.testkit.tpm.HandleKind.OBJECT_OR_NULL;
import static io.github.cvmattestation.testkit.tpm.HandleKind.PCR;
import static io.github.cvmattestation.testkit.tpm.HandleKind.PCR_OR_NULL;
import static io.github.cvmattestation.testkit.tpm.HandleKind.POLICY_SESSION;
import static io.github.cvmattestation.testkit.tpm.HandleKind.PROVISION;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The commands that are there (Part 2, section 6.5.2; Part 3, the tables of each command). */
final class CommandTable {
  private final NavigableMap<Integer, Command> commands = new TreeMap<>();

  CommandTable() {
    lifecycle();
    hierarchies();
    objects();
    keys();
    registers();
    sessions();
    nv();
  }

  Command find(int code) {
    Command command = commands.get(code);
    if (command == null) {
      throw TpmError.of(Rc.COMMAND_CODE);
    }
    return command;
  }

  boolean has(int code) {
    return commands.containsKey(code);
  }

  List<Command> all() {
    return new ArrayList<>(commands.values());
  }

  private Command add(int code, Consumer<Call> action) {
    Command command = Command.of(code, action);
    commands.put(code, command);
    return command;
  }

  private void lifecycle() {
    add(0x144, StartupCommands::startup).nv().withoutSessions().beforeStartup();
    add(0x145, StartupCommands::shutdown).nv();
    add(0x143, StartupCommands::selfTest).nv();
    add(0x142, StartupCommands::incrementalSelfTest).nv();
    add(0x17C, StartupCommands::getTestResult).encrypts();
    add(0x17B, StartupCommands::getRandom).encrypts();
    add(0x146, StartupCommands::stirRandom).nv().decrypts();
    add(0x181, StartupCommands::readClock);
    add(0x17A, call -> CapabilityCommands.getCapability(call, this));
    add(0x18A, CapabilityCommands::testParms);
  }

  private void hierarchies() {
    add(0x129, HierarchyCommands::changeAuth).user(HIERARCHY_AUTH).nv().decrypts();
    add(0x121, HierarchyCommands::control).user(BASE_HIERARCHY).nv().extensive();
    add(0x126, HierarchyCommands::clear).user(CLEAR).nv().extensive();
    add(0x127, HierarchyCommands::clearControl).user(CLEAR).nv();
    add(0x139, HierarchyCommands::lockReset).user(LOCKOUT).nv();
  }

  private void objects() {
    add(0x131, ObjectCommands::createPrimary).user(HIERARCHY).decrypts().encrypts().returnsHandle();
    add(0x153, ObjectCommands::create).user(OBJECT).decrypts().encrypts();
    add(0x157, ObjectCommands::load).user(OBJECT).decrypts().encrypts().returnsHandle();
    add(0x167, ImportCommands::loadExternal).decrypts().encrypts().returnsHandle();
    add(0x156, ImportCommands::importObject).user(OBJECT).decrypts().encrypts();
    add(0x173, ObjectCommands::readPublic).handle(OBJECT).encrypts();
    add(0x165, ObjectCommands::flushContext).withoutSessions();
    add(0x120, ObjectCommands::evictControl).user(PROVISION).handle(OBJECT).nv();
    add(0x15E, ObjectCommands::unseal).user(OBJECT).encrypts();
    add(0x162, ContextCommands::save).handle(CONTEXT).withoutSessions();
    add(0x161, ContextCommands::load).withoutSessions().returnsHandle();
  }

  private void keys() {
    add(0x158, AttestCommands::quote).user(OBJECT_OR_NULL).decrypts().encrypts();
    add(0x148, AttestCommands::certify).admin(OBJECT).user(OBJECT_OR_NULL).decrypts().encrypts();
    add(0x14A, AttestCommands::certifyCreation)
        .user(OBJECT_OR_NULL)
        .handle(OBJECT)
        .decrypts()
        .encrypts();
    add(0x15D, SignCommands::sign).user(OBJECT).decrypts();
    add(0x177, SignCommands::verifySignature).handle(OBJECT).decrypts();
    add(0x17D, SignCommands::hash).decrypts().encrypts();
    add(0x159, RsaCommands::decrypt).user(OBJECT).decrypts().encrypts();
    add(0x174, RsaCommands::encrypt).handle(OBJECT).decrypts().encrypts();
    add(0x147, CredentialCommands::activate).admin(OBJECT).user(OBJECT).decrypts().encrypts();
    add(0x168, CredentialCommands::make).handle(OBJECT).decrypts().encrypts();
  }

  private void registers() {
    add(0x17E, PcrCommands::read);
    add(0x182, PcrCommands::extend).user(PCR_OR_NULL).nv();
    add(0x13C, PcrCommands::event).user(PCR_OR_NULL).nv().decrypts();
    add(0x13D, PcrCommands::reset).user(PCR).nv();
  }

  private void sessions() {
    add(0x176, SessionCommands::startAuthSession)
        .handle(OBJECT_OR_NULL)
        .handle(ENTITY_OR_NULL)
        .decrypts()
        .encrypts()
        .returnsHandle();
    add(PolicyCommands.PCR, PolicyCommands::pcr).handle(POLICY_SESSION).decrypts();
    add(PolicyCommands.AUTHORIZE, PolicyCommands::authorize).handle(POLICY_SESSION).decrypts();
    add(PolicyCommands.SECRET, PolicyCommands::secret)
        .user(ENTITY)
        .handle(POLICY_SESSION)
        .decrypts()
        .encrypts();
    add(PolicyCommands.OR, PolicyCommands::or).handle(POLICY_SESSION);
    add(PolicyCommands.AUTH_VALUE, PolicyCommands::authValue).handle(POLICY_SESSION);
    add(0x18C, PolicyCommands::password).handle(POLICY_SESSION);
    add(PolicyCommands.COMMAND_CODE, call -> PolicyCommands.commandCode(call, this))
        .handle(POLICY_SESSION);
    add(0x189, PolicyCommands::getDigest).handle(POLICY_SESSION).encrypts();
    add(0x180, PolicyCommands::restart).handle(POLICY_SESSION);
  }

  private void nv() {
    add(0x12A, NvCommands::defineSpace).user(PROVISION).nv().decrypts();
    add(0x122, NvCommands::undefineSpace).user(PROVISION).handle(NV_INDEX).nv();
    add(0x169, NvCommands::readPublic).handle(NV_INDEX).encrypts();
    add(0x14E, NvCommands::read).user(NV_AUTH).handle(NV_INDEX).encrypts();
    add(0x137, NvCommands::write).user(NV_AUTH).handle(NV_INDEX).nv().decrypts().writesNvIndex();
  }
}
