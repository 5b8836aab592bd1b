# For supervisord and supervisorctl to source. It finds the jar and a JDK, and becomes
#     java $options -cp JAR $main "$@"
# Set before: bin (this folder), stem (the commands are called ${stem}d and ${stem}ctl), launcher (its own file, where it is to be
# known), main, options, native_access and takes_signals (yes or no); or find_only (yes), for jar, java, version and feature alone.
# shellcheck shell=sh disable=SC2154

fail() {
    echo "${0##*/}: $1" >&2
    # "Program is not installed", says the Linux Standard Base.
    exit 5
}

# An installed tree has bin/ and lib/; a checkout has bin/ and, once built, target/.
if [ -f "$bin/../lib/handover-supervisor.jar" ]; then
    jar=$bin/../lib/handover-supervisor.jar
elif [ -f "$bin/../target/handover-supervisor.jar" ]; then
    jar=$bin/../target/handover-supervisor.jar
else
    fail "no handover-supervisor.jar in $bin/../lib or $bin/../target; in a checkout, 'mvn package' makes it"
fi

if [ -n "${JAVA_HOME:-}" ]; then
    java=$JAVA_HOME/bin/java
    [ -x "$java" ] || fail "JAVA_HOME is $JAVA_HOME, but there is no program $java; expected a JDK 17 or later"
else
    java=$(command -v java) || fail 'no java: JAVA_HOME is not set and PATH has none; expected a JDK 17 or later'
fi

# The JDK's release file states its version; asking java itself would take as long as the whole command.
version_of() {
    home=${JAVA_HOME:-}
    [ -n "$home" ] || home=$(readlink -f "$java") || return 1
    home=${home%/bin/java}
    [ -r "$home/release" ] || return 1
    while IFS='=' read -r key value; do
        if [ "$key" = JAVA_VERSION ]; then
            value=${value#\"}
            version=${value%\"}
            return 0
        fi
    done <"$home/release"
    return 1
}

version=
version_of || version=$("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.version = //p')
# 17.0.2 is 17, 25-ea is 25, 1.8.0 is too old whatever follows.
feature=${version%%[!0-9]*}
case $feature in
    '') fail "$java does not say which version it is; expected a JDK 17 or later" ;;
esac
[ "$feature" -ge 17 ] || fail "$java is of version $version; expected a JDK 17 or later"

# What archive-classes makes for this jar and this java: classes as the JVM has them in memory once they are loaded and verified.
archives=${jar%.jar}.archives
[ -z "${find_only:-}" ] || return 0

# Earlier JDKs do not know these options, and refuse to start with them.
if [ "$native_access" = yes ] && [ "$feature" -ge 24 ]; then
    options="$options --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"
fi
# The daemon's objects are smaller so, which the JDK can from 25 on: some 6 MiB less of resident memory after 30 reloads.
if [ "$native_access" = yes ] && [ "$feature" -ge 25 ]; then
    options="$options -XX:+UseCompactObjectHeaders"
fi

[ "$stem" = supervisor ] || options="$options -Dhandover.commands=$stem"

# A link to the jar lies beside its archives: where another one has taken its place by now, they are of no use. Where the java is
# another one than it seems, the JVM sees that, goes on without, and is to say nothing of it.
archive=
archived=
case " ${HANDOVER_JAVA_OPTS:-}" in
    *' -XX:SharedArchiveFile='* | *' -XX:ArchiveClassesAtExit='* | *' -XX:AOT'* | *' -Xshare:'*) ;;
    *)
        if [ -d "$archives" ]; then
            archive=$archives/$version/${main##*.}
            archived=-Dhandover.archive=$archive
            # shellcheck disable=SC3013
            if [ ! -f "$archive" ] || ! [ "$archives/jar" -ef "$jar" ]; then
                archive=
            elif [ "$feature" -ge 25 ]; then
                archive=-XX:AOTCache=$archive
                options="$options -Xlog:aot*=off -Xlog:cds*=off"
            else
                archive=-XX:SharedArchiveFile=$archive
                options="$options -Xlog:cds*=off"
            fi
        fi
        ;;
esac

# Where native code is installed beside the jar, none is unpacked from it into the folder for temporary files.
jni=
if [ "$native_access" = yes ] && [ -d "$bin/../lib/jni" ]; then
    jni=$bin/../lib/jni/$(uname -m)-Linux
fi

# A java does not start in a folder that has been removed, and no relative path leads anywhere from there.
# shellcheck disable=SC3013
[ "${PWD:-}" -ef . ] || cd /

# What is changed for this java alone; workers get back what was given (Inherited.java).
HANDOVER_CHANGED=
changed() {
    HANDOVER_CHANGED="$HANDOVER_CHANGED $1"
    eval "[ -z \"\${$1+set}\" ]" || eval "export HANDOVER_GIVEN_$1=\"\$$1\""
}
# A JVM turns into question marks what its locale has no letters for, in words and in names of files.
changed LC_ALL
export LC_ALL=C.UTF-8
# A debugger's or a monitor's port in these is the program's; a java that takes its options from them says so, too.
for options_of_any_java in JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS; do
    changed $options_of_any_java
    unset $options_of_any_java
done

# glibc's malloc has a pool for every few threads, and what is free in one is of no use to another (mallopt(3)).
changed MALLOC_ARENA_MAX
export MALLOC_ARENA_MAX=1

# Blocked before there is a JVM, signals wait for the one thread that reads them (Signals.java). -Xrs: the JVM takes none
# itself, and lets no thread of its own be asked. One it does need, to stop its threads, and USR2 is what it takes for that.
before_java=
if [ "$takes_signals" = yes ]; then
    signals=HUP,INT,QUIT,TERM,USR1,USR2
    if env --block-signal=$signals true 2>/dev/null; then
        before_java="env --block-signal=$signals"
        options="$options -Xrs"
        changed _JAVA_SR_SIGNUM
        export _JAVA_SR_SIGNUM=40
    else
        # A JVM hands on no signal that it finds ignored.
        trap - HUP USR1
    fi
fi
if [ -n "$launcher" ]; then
    changed HANDOVER_LAUNCHER
    export HANDOVER_LAUNCHER="$launcher"
fi
export HANDOVER_CHANGED

# Unquoted, for they are lists of words.
# shellcheck disable=SC2086
exec $before_java "$java" $options ${archive:+"$archive"} ${archived:+"$archived"} ${jni:+"-Djffi.boot.library.path=$jni"} \
    ${HANDOVER_JAVA_OPTS:-} -cp "$jar" "$main" "$@"
