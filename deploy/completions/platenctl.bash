# bash completion for platenctl(1). Commands and options are asked from the tool itself, so they are those
# of the installed version.
_platenctl()
{
    local word=${COMP_WORDS[COMP_CWORD]} command= candidate list
    for candidate in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        case $candidate in
            -*) ;;
            *) command=$candidate; break ;;
        esac
    done
    case $word in
        -*)
            list=$({ platenctl --help; [ -n "$command" ] && platenctl "$command" --help; } 2>/dev/null |
                grep -o -- '--[a-z][a-z-]*' | sort -u) ;;
        *)
            [ -n "$command" ] && return
            list=$(platenctl --help 2>/dev/null | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\).*/\1/p') ;;
    esac
    COMPREPLY=($(compgen -W "$list" -- "$word"))
}
complete -o default -F _platenctl platenctl
