"""Resolves jgo.toml and the registry's archive into the two lock files (`make lock`)."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from jgo.env import EnvironmentBuilder, EnvironmentSpec
from jgo.env._lockfile import LockedDependency, LockFile, compute_sha256
from jgo.maven import MavenContext

from embedded.archives import HERE, KAFKA_LOCK, REGISTRY_LOCK
from embedded.cache import default_cache

REGISTRY = ("io.apicurio", "apicurio-registry-app", "3.3.3", "all", "tar.gz")
DAWN = datetime(2026, 1, 1, tzinfo=UTC)


def main() -> None:
    """Writes both locks; what is written depends on the published files alone."""
    context = MavenContext(repo_cache=default_cache() / "resolving", timeout=60)
    builder = EnvironmentBuilder(context=context, cache_dir=default_cache() / "resolving-envs")
    kafka = builder.resolve_lockfile(EnvironmentSpec.load(HERE / "jgo.toml"))
    save(kafka, KAFKA_LOCK)

    group, name, version, classifier, packaging = REGISTRY
    artifact = context.project(group, name).at_version(version).artifact(classifier, packaging)
    locked = LockedDependency(group, name, version, packaging, classifier, compute_sha256(artifact.resolve()))
    save(LockFile([locked], environment_name="apicurio-registry"), REGISTRY_LOCK)


def save(lock: LockFile, path: Path) -> None:
    # The hour of resolving says nothing about the content and would change the file each time.
    lock.generated = DAWN
    lock.save(path)
    print(f"{path.name}: {len(lock.dependencies)} files", file=sys.stderr)


if __name__ == "__main__":
    main()
