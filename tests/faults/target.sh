# Reads the question, and answers with the desk of the first word that the skill knows.
read -r question
skill=${question#*\"skill_path\": \"}
skill=${skill%%\"*}
while read -r dash word desk; do
  word=${word%:}
  case "$dash $question" in
    "- "*" $word\""*) echo "$desk"; exit 0 ;;
  esac
done < "$skill"
echo reception
