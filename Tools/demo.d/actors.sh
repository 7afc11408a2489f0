# shellcheck shell=bash
# shellcheck disable=SC2154
# Who acts in the demo: a daemon, and laptops by the names of those who carry them. What they answer is JSON.

daemon() {
    "$stoepd" --data "$place/daemon" --json "$@"
}

laptop() {
    local name=$1
    shift
    "$stoep" --store "$place/$name" --json "$@"
}

# A port of this machine that nobody listens on.
free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

start_daemon() {
    : >"$place/serve"
    # It outlives the terminal where it is kept.
    nohup "$stoepd" --data "$place/daemon" --json serve --listen "$address" >"$place/serve" 2>"$place/serve.log" &
    daemon_pid=$!
    for _ in {1..200}; do
        if jq -e .listening "$place/serve" >/dev/null 2>&1; then return; fi
        kill -0 "$daemon_pid" 2>/dev/null || break
        sleep 0.05
    done
    echo "The daemon did not start:" >&2
    cat "$place/serve" "$place/serve.log" >&2
    return 1
}

# Asks the daemon to stop, and waits until it has.
stop_daemon() {
    [[ -n $daemon_pid ]] || return 0
    kill -TERM "$daemon_pid" 2>/dev/null || true
    wait "$daemon_pid" || true
    daemon_pid=
}

# join LAPTOP ROLE NAME [--area CODE]: the coordinator invites, and the laptop joins. The invitation goes through a
# pipe, so that it stands in no list of processes.
join() {
    local name=$1 role=$2 called=$3
    shift 3
    daemon invite --role "$role" --name "$called" "$@" | jq -r .invitation | laptop "$name" join - >/dev/null
}

# record_from LAPTOP FROM TO: those conversations of what its carrier hears in a day, counted from 1.
record_from() {
    local name=$1 from=$2 to=$3 day line theme option value options
    day=$(date -d yesterday +%F)
    while IFS= read -r line; do
        options=(--at "${day}T$(jq -r .at <<<"$line")" --area "$area")
        while IFS=$'\t' read -r option value; do
            options+=("--$option" "$value")
        done < <(jq -r 'del(.by, .at, .words, .themes) | to_entries[] | [.key, .value] | @tsv' <<<"$line")
        while IFS= read -r theme; do
            options+=(--theme "$theme")
        done < <(jq -r '.themes // [] | .[]' <<<"$line")
        if [[ $(jq 'has("words")' <<<"$line") == true ]]; then
            jq -j .words <<<"$line" | laptop "$name" talk new --words - "${options[@]}"
        else
            laptop "$name" talk new "${options[@]}"
        fi | jq -r .id >>"$place/$name.ids"
    done < <(heard_by "$name" | sed -n "$from,${to}p")
}

# What this volunteer hears, one conversation a line.
heard_by() {
    jq -c --arg by "$1" 'select(.by == $by)' "$material/conversations.jsonl"
}

words_of() {
    heard_by "$1" | sed -n "$2p" | jq -r .words
}

# The id of the nth conversation that was recorded on a laptop.
recorded() {
    sed -n "$2p" "$place/$1.ids"
}

count() {
    laptop "$1" talk list | jq '.conversations | length'
}

# field LAPTOP FILTER: of its status.
field() {
    laptop "$1" status | jq -r "$2"
}

# The values of the place that two people gave, sorted.
places() {
    laptop "$1" talk show "$sleepless" | jq -r '.fields.place | .value, .others[]?.value' | sort
}

# answers CODE LAPTOP COMMAND…: whether it ends with that code.
answers() {
    local code=$1 name=$2 status=0
    shift 2
    laptop "$name" "$@" >"$place/answer" || status=$?
    ((status == code))
}

# refused LAPTOP CODE ERROR COMMAND…: whether it is refused with that code and by that name.
refused() {
    local name=$1 code=$2 error=$3
    shift 3
    answers "$code" "$name" "$@" && [[ $(jq -r .error.name "$place/answer") == "$error" ]]
}

# With --keep: what one can paste now.
going_on() {
    cat <<END

The daemon goes on running at $address. To look around:

  export PATH="${stoep%/*}:\$PATH"
  export STOEP_STORE=$place/fatima STOEP_DATA=$place/daemon
  stoep talk list
  stoep talk show ${planters:0:8}
  stoep status
  stoepd members

Joost, Noor and Henk have their stores in $place too. When you are done:

  kill $daemon_pid; rm -r $place
END
}
