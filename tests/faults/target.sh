# Reads the question, notes it where ASKED says, and answers with the desk of the first word in it
# that the skill knows.
read -r question
skill=${question#*\"skill_path\": \"}
skill=${skill%%\"*}
task=${question#*\"task_id\": \"}
task=${task%%\"*}
if [ -n "$ASKED" ]; then
  digest=$(sha256sum < "$skill")
  echo "${digest%% *} $task" >> "$ASKED"
fi
while read -r dash word desk; do
  word=${word%:}
  case "$dash $question" in
    "- "*" $word\""*) echo "$desk"; exit 0 ;;
  esac
done < "$skill"
echo reception
