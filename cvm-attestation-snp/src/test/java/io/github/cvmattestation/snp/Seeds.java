package io.github.cvmattestation.snp;

import static io.github.cvmattestation.snp.Scene.PKI;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.testkit.AmdCertificateTableWriter;
import io.github.cvmattestation.testkit.FakeAmdPki;
import io.github.cvmattestation.testkit.Line;
import io.github.cvmattestation.testkit.Tampering;
import io.github.cvmattestation.testkit.ThimAnswer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Where the fuzzers begin, and what they replay with the other tests: made here, not captured. */
final class Seeds {
  private Seeds() {}

  static Stream<byte[]> reports() {
    List<Bytes> seeds = new ArrayList<>();
    for (Line line : Line.values()) {
      for (int version = 2; version <= 5; version++) {
        int number = version;
        seeds.add(Scene.vcek(line).report(writer -> writer.version(number)).report());
      }
      seeds.add(Scene.vlek(line).report());
    }
    return damaged(seeds);
  }

  static Stream<byte[]> leaves() {
    List<Bytes> seeds = new ArrayList<>();
    for (Line line : Line.values()) {
      seeds.add(Scene.vcek(line).leaf().certificate());
      seeds.add(
          Scene.vcek(line)
              .leaf(leaf -> leaf.wrappedHardwareId(line.chipId("default")))
              .leaf()
              .certificate());
      seeds.add(Scene.vlek(line).leaf().certificate());
      seeds.add(PKI.ask(line).certificate());
    }
    return damaged(seeds);
  }

  static Stream<byte[]> tables() {
    Bytes leaf = Scene.vcek(Line.MILAN).leaf().certificate();
    AmdCertificateTableWriter full =
        AmdCertificateTableWriter.empty()
            .add(AmdCertificateTableWriter.VCEK, leaf)
            .add(AmdCertificateTableWriter.ASK, PKI.ask(Line.MILAN).certificate())
            .add(AmdCertificateTableWriter.CRL, Scene.crl(Line.MILAN));
    return damaged(
        List.of(
            full.write(),
            full.withoutTerminator().write(),
            Bytes.zeros(100),
            AmdCertificateTableWriter.empty()
                .addRaw(AmdCertificateTableWriter.VCEK, 0xFFFFFFFFL, 0xFFFFFFFFL)
                .write()));
  }

  static Stream<byte[]> thimAnswers() {
    return damaged(
        List.of(
            ThimAnswer.of(
                PKI.vcek(Line.MILAN),
                PKI.chainPem(Line.MILAN),
                Line.MILAN.healthyTcb().encode(Line.MILAN)),
            text("{\"vcekCert\":\"\",\"certificateChain\":\"\",\"tcbm\":\"0000000000000000\"}"),
            FakeAmdPki.pem(Bytes.ofHex("3000"))));
  }

  static Stream<byte[]> policies() {
    String level = "{'bootLoader':1,'tee':0,'snp':2,'microcode':3}";
    String floors =
        "{'Genoa':{'reported':%s,'committed':%s,'current':%s,'launch':%s}}"
            .formatted(level, level, level, level);
    String key = "'" + "ab".repeat(48) + "'";
    String chips = "['" + "11".repeat(64) + "']";
    String ids = "['" + "17".repeat(32) + "']";
    String whole =
        ("{'productLines':['Genoa'],'tcb':" + floors + ",'measurement':" + key)
            + (",'reportData':'" + "5e".repeat(64) + "','hostData':" + ids)
            + (",'idBlock':{'idKeys':[" + key + "],'authorKeys':[],'familyIds':[],'imageIds':[],")
            + ("'minimumGuestSvn':3},'chip':" + chips + ",'refuseChips':" + chips)
            + ",'vmpl':[0],'firmware':'1.55.40','reportVersion':3,'abi':'1.55'"
            + ",'guestPolicy':['noSmt','aes256Xts']"
            + ",'platform':{'ones':'0000000000000020','zeros':'0000000000000001'}"
            + ",'mitigations':{'launch':'0000000000000001','current':'0000000000000001'}"
            + (",'reportId':" + ids + ",'migrationAgent':" + ids)
            + ",'vlekOf':['CN=cc.example.com'],'allow':['debugGuest','cxl']}";
    String open =
        "{'productLines':['Milan'],'tcb':'ignore','measurement':'ignore','reportData':'ignore',"
            + "'hostData':'ignore','idBlock':'ignore','chip':'ignore'}";
    return damaged(
        List.of(text(whole.replace('\'', '"')), text(open.replace('\'', '"')), text("{}")));
  }

  /** Each seed whole, cut in the middle, and with a bit turned over. */
  private static Stream<byte[]> damaged(List<Bytes> seeds) {
    return seeds.stream()
        .flatMap(
            seed ->
                Stream.of(
                    seed, seed.slice(0, seed.size() / 2), Tampering.flipBit(seed, seed.size() * 4)))
        .map(Bytes::toArray);
  }

  private static Bytes text(String value) {
    return Bytes.of(value.getBytes(StandardCharsets.UTF_8));
  }
}
