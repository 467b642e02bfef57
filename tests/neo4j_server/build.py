"""Which command runs a Neo4j server here? Built once from pom.xml and Neo4jServer.java, then taken from a cache."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from graphmodel.text import Refusal, Text

BUILD_DEADLINE_S = 900.0
OLDEST_JAVA = 17
OUTPUT_SHOWN = 4000

HERE = Path(__file__).resolve().parent
POM = HERE / "pom.xml"
SOURCE = HERE / "Neo4jServer.java"
CACHE = HERE.parents[1] / ".cache"
OPENED = ("java.base/java.nio", "java.base/java.lang", "java.base/sun.nio.ch")
HOW_TO_GET = Text(
    "请先安装：apt-get install openjdk-17-jre-headless maven；或用 NEO4J_URI 指向已有的 Neo4j。",
    "Install them: apt-get install openjdk-17-jre-headless maven; or point NEO4J_URI at a Neo4j that is there.",
)


class ToolMissing(Refusal):
    """Java or Maven is not on this machine, so no server can be started here."""


def server_command(heap: str) -> list[str]:
    """The command that runs a server, but for its last word: the data folder.

    Parameters: `heap` as Java writes sizes. Cost: a Maven run where the cache has nothing built for these files and
    this Java, else a look at each file of the class path.
    Errors: `ToolMissing` without Java or Maven; `Refusal` with the end of the output where the build fails.
    """
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(home) / "bin") if home else None)
    if java is None:
        raise ToolMissing(Text("找不到 Java。", "Java was not found."), HOW_TO_GET, "java-missing")
    version = subprocess.run([java, "-version"], capture_output=True, text=True, check=True).stderr
    number = re.search(r'version "(\d+)', version)
    if number is None or int(number[1]) < OLDEST_JAVA:
        raise ToolMissing(
            Text(
                f"需要 Java {OLDEST_JAVA} 或更新版本，现有：{version.strip()}。",
                f"Java {OLDEST_JAVA} or newer is needed, this is: {version.strip()}.",
            ),
            HOW_TO_GET,
            "java-too-old",
        )
    made_from = hashlib.sha256(b"\0".join([POM.read_bytes(), SOURCE.read_bytes(), version.encode()])).hexdigest()
    built = CACHE / "neo4j" / made_from[:16]
    if not _complete(built):
        _build(java, built)
    class_path = os.pathsep.join([str(built), (built / "classpath").read_text("utf-8")])
    opened = [f"--add-opens={package}=ALL-UNNAMED" for package in OPENED]
    return [java, *opened, f"-Xmx{heap}", "-Dfile.encoding=UTF-8", "-cp", class_path, SOURCE.stem]


def _complete(built: Path) -> bool:
    """Is there a class path, and every file on it (a local repository may have been emptied since)?"""
    listed = built / "classpath"
    return listed.exists() and all(map(os.path.exists, listed.read_text("utf-8").split(os.pathsep)))


def _build(java: str, built: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise ToolMissing(Text("找不到 Maven。", "Maven was not found."), HOW_TO_GET, "maven-missing")
    built.parent.mkdir(parents=True, exist_ok=True)
    (CACHE / ".gitignore").write_text("*\n", "utf-8")
    with tempfile.TemporaryDirectory(dir=built.parent) as made:
        listed = Path(made) / "classpath"
        _run_build([maven, "-q", "-B", "-f", str(POM), "dependency:build-classpath", f"-Dmdep.outputFile={listed}"])
        # The compiler as a module of the runtime, because Debian's runtime has it and no javac.
        _run_build(
            [
                java,
                "-m",
                "jdk.compiler/com.sun.tools.javac.Main",
                "-encoding",
                "UTF-8",
                "-cp",
                listed.read_text("utf-8"),
                "-d",
                made,
                str(SOURCE),
            ]
        )
        built.mkdir(exist_ok=True)
        # The class path last, because it is what says that the rest is there; each file moves at once or not at all.
        for name in (f"{SOURCE.stem}.class", listed.name):
            (Path(made) / name).replace(built / name)


def _run_build(command: list[str]) -> None:
    """Runs one step of the build. Errors: `Refusal` with the end of its output where it fails."""
    try:
        done = subprocess.run(command, capture_output=True, timeout=BUILD_DEADLINE_S, check=False)
    except subprocess.TimeoutExpired as late:
        raise Refusal(
            Text(
                f"准备 Neo4j 超过 {BUILD_DEADLINE_S:.0f} 秒，请检查网络与 Maven 设置。",
                f"Preparing Neo4j took over {BUILD_DEADLINE_S:.0f} seconds; check network and Maven settings.",
            ),
            code="neo4j-not-built",
        ) from late
    if done.returncode:
        output = (done.stdout + done.stderr).decode("utf-8", "replace")[-OUTPUT_SHOWN:]
        raise Refusal(
            Text(
                "准备 Neo4j 失败，请检查网络与 Maven 设置。",
                f"Neo4j could not be prepared; check network and Maven settings.\n{output}",
            ),
            code="neo4j-not-built",
        )
