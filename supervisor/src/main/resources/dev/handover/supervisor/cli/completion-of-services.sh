
# Where a command takes a service, those of the supervisor that runs; all else as above.
function _complete_supervisorctl_and_services() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  local ctl=${COMP_WORDS[0]/#\~/$HOME} place=() command="" service="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${COMP_WORDS[i]} in
      --socket | --timeout | --max | --since | --lines | -n | --worker | --generation | \
        --to | --if-busy | --canary | --clients)
        local option=${COMP_WORDS[i]}
        # Bash makes three words of --socket=PATH.
        [[ ${COMP_WORDS[i+1]} != "=" ]] || i=$((i + 1))
        i=$((i + 1))
        [[ $option != --socket ]] || place=(--socket "${COMP_WORDS[i]/#\~/$HOME}") ;;
      -*) ;;
      *) if [[ -z $command ]]; then command=${COMP_WORDS[i]}; else service=${COMP_WORDS[i]}; fi ;;
    esac
  done
  case $word$before in
    -* | =* | *= | *--socket | *--timeout | *--max | *--since | *--lines | *-n | *--worker | *--generation | \
      *--to | *--if-busy | *--canary | *--clients) command="" ;;
  esac
  case $command in
    status | events | logs | explain | history | reload | restart | scale | rollback | promote | pause | resume | hold | \
      signal | stop | start)
      COMPREPLY=()
      if [[ -z $service ]]; then
        local names
        names=$("$ctl" "${place[@]}" --json status 2>/dev/null | grep -o '"service":"[^"]*"' | cut -d '"' -f 4)
        COMPREPLY=($(compgen -W "$names" -- "$word"))
      fi ;;
    *) _complete_supervisorctl ;;
  esac
}

complete -F _complete_supervisorctl_and_services supervisorctl supervisorctl.sh supervisorctl.bash
